package io.flinklstm.jobs.record.avro;

import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.TimeFormat;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Which values of a writer's schema suit the slots of a draft. Immutable. */
final class AvroTypes {

  /** What a whole number means as a time. */
  enum Time {
    /** As configured. */
    NUMBER,
    MILLIS,
    MICROS,
    NANOS,
    DAYS;

    /** The number as milliseconds. */
    long milliseconds(long value) {
      return switch (this) {
        case NUMBER, MILLIS -> value;
        case MICROS -> Math.floorDiv(value, 1_000L);
        case NANOS -> Math.floorDiv(value, 1_000_000L);
        case DAYS -> value * 86_400_000L;
      };
    }
  }

  /** As in {@link TimeFormat}: beyond, a double cannot hold every millisecond. */
  private static final double MAX_MILLISECONDS = 0x1p53;

  private final ObservationDraft draft;
  private final ZoneId zone; // of times without one

  AvroTypes(ObservationDraft draft) {
    this.draft = draft;
    zone = draft.format().timeFormat().zone();
  }

  /** The name of a value's type, for messages. */
  static String name(Schema schema) {
    LogicalType logical = schema.getLogicalType();
    return logical == null ? schema.getType().getName() : logical.getName();
  }

  /** The decimal that a value is, or null if it is none. */
  static LogicalTypes.@Nullable Decimal decimal(Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.Decimal decimal ? decimal : null;
  }

  /** What a whole number means as a time, or null if it is none, such as a time of day. */
  static @Nullable Time time(Schema schema) {
    LogicalType logical = schema.getLogicalType();
    return switch (logical == null ? "" : logical.getName()) {
      case "" -> Time.NUMBER;
      case "timestamp-millis", "local-timestamp-millis" -> Time.MILLIS;
      case "timestamp-micros", "local-timestamp-micros" -> Time.MICROS;
      case "timestamp-nanos", "local-timestamp-nanos" -> Time.NANOS;
      case "date" -> Time.DAYS;
      default -> null;
    };
  }

  /** Whether a time is a wall clock's, without a zone. */
  static boolean isLocal(Schema schema) {
    LogicalType logical = schema.getLogicalType();
    return logical != null
        && (logical.getName().startsWith("local-") || logical.getName().equals("date"));
  }

  /** The epoch milliseconds of a wall clock's time, also given in milliseconds. */
  long inZone(long milliseconds) {
    if (zone.equals(ZoneOffset.UTC) || !(Math.abs((double) milliseconds) < MAX_MILLISECONDS)) {
      return milliseconds;
    }
    return LocalDateTime.ofInstant(Instant.ofEpochMilli(milliseconds), ZoneOffset.UTC)
        .atZone(zone)
        .toInstant()
        .toEpochMilli();
  }

  /** The name of a slot's field, for messages. */
  String field(int slot) {
    return draft.slots.name(slot);
  }

  /** Whether values of a type, neither a union nor null, suit a slot. */
  boolean suits(int slot, Schema schema) {
    if (draft.slots.isOperand(slot)) {
      return true;
    }
    return switch (schema.getType()) {
      case STRING ->
          draft.slots.isKey(slot)
              || draft.isLenient()
              || slot == draft.slots.time() && isTextTime();
      case ENUM -> draft.slots.isKey(slot);
      case INT, LONG -> slot != draft.slots.time() || suitsTime(schema);
      case FLOAT, DOUBLE ->
          draft.slots.isField(slot) || slot == draft.slots.time() && !isTextTime();
      case BYTES, FIXED -> decimal(schema) != null && (slot != draft.slots.time() || !isTextTime());
      default -> false;
    };
  }

  /** A time of day would become a wrong time if read as a number since the epoch. */
  private boolean suitsTime(Schema schema) {
    Time time = time(schema);
    return time == Time.NUMBER ? draft.format().timeFormat().readsWholeNumbers() : time != null;
  }

  private boolean isTextTime() {
    return draft.format().timeFormat().isText();
  }

  /** The types that suit a slot, for messages. */
  String expected(int slot) {
    if (draft.slots.isKey(slot)) {
      return "string, enum, int, long or a decimal";
    }
    String text = draft.isLenient() ? " or string" : "";
    if (draft.slots.isField(slot)) {
      return "int, long, float, double, a decimal" + text;
    }
    if (slot == draft.slots.time()) {
      return "a timestamp, a date or " + draft.format().timeFormat().expected();
    }
    return "int, long, a decimal" + text;
  }
}
