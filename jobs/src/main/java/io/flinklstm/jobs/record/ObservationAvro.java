package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads observations from Avro records. A record is exactly one datum in Avro's binary encoding,
 * written with the configured schema; its fields are matched by name and unneeded ones are skipped.
 * What to do with each field is decided once, when the reader is created.
 */
public final class ObservationAvro implements ObservationReader {

  private final ObservationDraft draft;
  private final String expected; // the record's name, in messages
  private final @Nullable AvroField[] fields; // by field of the schema; null: skipped
  private final @Nullable AvroSkip[] skips; // by field of the schema; null: read
  private final AvroInput in = new AvroInput();

  /**
   * @param cardFields the fields of the model card, in its order
   * @param format the names and formats of the other fields, and the schema
   * @throws IllegalArgumentException if the schema is invalid, lacks a field, or has one of an
   *     unusable type
   */
  public ObservationAvro(List<String> cardFields, RecordFormat format) {
    draft = new ObservationDraft(cardFields, format);
    Schema schema = AvroSchemas.parseRecord(format.avroSchema());
    expected = "an Avro record " + schema.getFullName();
    List<Schema.Field> schemaFields = schema.getFields();
    fields = new AvroField[schemaFields.size()];
    skips = new AvroSkip[schemaFields.size()];
    for (int k = 0; k < fields.length; k++) {
      Schema.Field field = schemaFields.get(k);
      int[] slots = draft.slotsOf(field.name());
      if (slots.length == 0) {
        skips[k] = AvroSkip.of(field.schema());
      } else {
        fields[k] = new AvroField(field, slots, draft, format.timeFormat());
      }
    }
    for (int slot = 0; slot < draft.slots(); slot++) {
      String name = draft.name(slot);
      if (name != null && schema.getField(name) == null) {
        throw new IllegalArgumentException(
            "expected a field "
                + name
                + ", got "
                + schemaFields.stream().map(Schema.Field::name).toList());
      }
    }
  }

  @Override
  public Observation parse(SourceRecord record) throws RejectedRecordException {
    byte[] value = draft.begin(record, "Avro");
    try {
      in.begin(value);
      for (int k = 0; k < fields.length; k++) {
        if (fields[k] == null) {
          skips[k].skip(in);
        } else {
          readField(fields[k]);
        }
      }
      if (in.remaining() > 0) {
        throw malformed("got " + in.remaining() + " bytes after it");
      }
    } catch (EOFException e) {
      throw malformed("got the end after " + value.length + " bytes");
    } catch (IOException | RuntimeException e) {
      // Not only the declared exceptions: whatever a record makes the decoder throw, the job must
      // go on.
      throw malformed("got: " + e.getMessage());
    }
    return draft.finish(record);
  }

  private void readField(AvroField field) throws IOException, RejectedRecordException {
    if (field.isUnion() && in.readIndex(field.branches) == field.nullBranch) {
      throw draft.missing(field.slots[0], "null");
    }
    switch (field.type) {
      case INT -> takeWhole(field, in.readInt());
      case LONG -> takeWhole(field, in.readLong());
      case FLOAT -> takeFraction(field, in.readFloat());
      case DOUBLE -> takeFraction(field, in.readDouble());
      case STRING -> takeText(field, in.readText(field.name));
      case ENUM -> takeText(field, field.symbols[in.readIndex(field.symbols.length)]);
      default -> throw new IllegalStateException(field.type + " of field " + field.name);
    }
  }

  private void takeWhole(AvroField field, long value) throws RejectedRecordException {
    for (int slot : field.slots) {
      draft.take(slot);
      if (slot == draft.keySlot()) {
        draft.key(Long.toString(value));
      } else if (slot == draft.timeSlot()) {
        draft.eventTime(field.timeFormat.read(value, field.name));
      } else if (slot == draft.sequenceSlot()) {
        draft.sequence(value);
      } else {
        draft.number(slot, value);
      }
    }
  }

  private void takeFraction(AvroField field, double value) throws RejectedRecordException {
    for (int slot : field.slots) {
      draft.take(slot);
      draft.number(slot, value);
    }
  }

  private void takeText(AvroField field, String value) throws RejectedRecordException {
    for (int slot : field.slots) {
      draft.take(slot);
      if (slot == draft.keySlot()) {
        draft.key(value);
      } else {
        draft.eventTime(TimeFormat.fromIso(value, field.name));
      }
    }
  }

  private RejectedRecordException malformed(String got) {
    return new RejectedRecordException(
        RejectionCode.MALFORMED, "value: expected " + expected + ", " + got);
  }
}
