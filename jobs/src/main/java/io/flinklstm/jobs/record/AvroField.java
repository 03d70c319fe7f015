package io.flinklstm.jobs.record;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Type;

/**
 * A checked field of the writer's schema that an observation needs: its values are null or of one
 * type, which suits every slot that the field fills.
 */
final class AvroField {

  private static final Set<Type> NUMBERS = EnumSet.of(Type.INT, Type.LONG, Type.FLOAT, Type.DOUBLE);
  private static final Set<Type> WHOLE_NUMBERS = EnumSet.of(Type.INT, Type.LONG);
  private static final Set<Type> KEYS = EnumSet.of(Type.STRING, Type.ENUM, Type.INT, Type.LONG);
  private static final int NO_UNION = 0;

  final String name;
  final int[] slots; // in the draft
  final int branches; // of the union, or NO_UNION
  final int nullBranch; // -1: none
  final Type type;
  final String[] symbols; // of an enum, otherwise empty
  final TimeFormat timeFormat; // of its values, if it is the event time

  /**
   * @param slots the draft's slots that the field fills, one or more
   * @param configured the configured time format; the schema's own takes precedence
   * @throws IllegalArgumentException if the field's type does not suit a slot
   */
  AvroField(Schema.Field field, int[] slots, ObservationDraft draft, TimeFormat configured) {
    this.name = field.name();
    this.slots = slots;
    Schema schema = field.schema();
    List<Schema> types = schema.isUnion() ? schema.getTypes() : List.of(schema);
    branches = schema.isUnion() ? types.size() : NO_UNION;
    List<Schema> values = types.stream().filter(t -> t.getType() != Type.NULL).toList();
    if (values.size() != 1) {
      throw unusable("one type, or a union of it and null", schema.toString());
    }
    Schema value = values.get(0);
    nullBranch = types.size() == 2 ? 1 - types.indexOf(value) : -1;
    type = value.getType();
    symbols = type == Type.ENUM ? value.getEnumSymbols().toArray(String[]::new) : new String[0];
    timeFormat = timeFormat(value, configured);
    for (int slot : slots) {
      if (slot == draft.keySlot()) {
        require(KEYS, "");
      } else if (slot == draft.timeSlot()) {
        requireTime(value);
      } else {
        require(slot == draft.sequenceSlot() ? WHOLE_NUMBERS : NUMBERS, "");
      }
    }
  }

  boolean isUnion() {
    return branches != NO_UNION;
  }

  private static TimeFormat timeFormat(Schema value, TimeFormat configured) {
    return switch (logicalType(value)) {
      case "timestamp-millis" -> TimeFormat.MS;
      case "timestamp-micros" -> TimeFormat.US;
      default -> configured;
    };
  }

  private static String logicalType(Schema value) {
    LogicalType logicalType = value.getLogicalType();
    return logicalType == null ? "" : logicalType.getName();
  }

  private void requireTime(Schema value) {
    String logicalType = logicalType(value);
    if (!Set.of("", "timestamp-millis", "timestamp-micros").contains(logicalType)) {
      // A date or a time of day would become a wrong time if read as a number since the epoch.
      throw unusable("timestamp-millis, timestamp-micros or no logical type", logicalType);
    }
    require(
        timeFormat == TimeFormat.ISO ? EnumSet.of(Type.STRING) : WHOLE_NUMBERS,
        " (lstm.source.time-format: " + timeFormat.name().toLowerCase(Locale.ROOT) + ")");
  }

  private void require(Set<Type> usable, String because) {
    if (!usable.contains(type)) {
      throw unusable(
          usable.stream().map(Type::getName).collect(Collectors.joining(" or ")) + because,
          type.getName());
    }
  }

  private IllegalArgumentException unusable(String expected, String got) {
    return new IllegalArgumentException(
        "field " + name + ": expected " + expected + ", got " + got);
  }
}
