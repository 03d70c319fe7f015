package io.flinklstm.jobs.record;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format of an observation's record: how its value is written, and where the record holds the
 * stream's name, the event time, the sequence number and the model's fields.
 *
 * @param keyField field with the stream's name, or null for the record key
 * @param timeField field with the event time, or null for the record timestamp
 * @param timeFormat of the time field
 * @param sequenceField field with the sequence number, or null for none
 * @param maxAhead how far the event time may be ahead of the record timestamp
 * @param valueFormat how the value is written
 * @param csvColumns the names of the CSV columns, in order; empty for other value formats
 * @param avroSchema Avro's writer schema, as JSON; empty for other value formats
 */
public record RecordFormat(
    @Nullable String keyField,
    @Nullable String timeField,
    TimeFormat timeFormat,
    @Nullable String sequenceField,
    Duration maxAhead,
    ValueFormat valueFormat,
    List<String> csvColumns,
    String avroSchema)
    implements Serializable {

  /** The format of JSON records. */
  public RecordFormat(
      @Nullable String keyField,
      @Nullable String timeField,
      TimeFormat timeFormat,
      @Nullable String sequenceField,
      Duration maxAhead) {
    this(keyField, timeField, timeFormat, sequenceField, maxAhead, ValueFormat.JSON, List.of(), "");
  }

  /** The same fields in CSV with these columns. */
  public RecordFormat asCsv(List<String> columns) {
    return with(ValueFormat.CSV, List.copyOf(columns), "");
  }

  /** The same fields in Avro, written with this schema. */
  public RecordFormat asAvro(String schema) {
    return with(ValueFormat.AVRO, List.of(), schema);
  }

  private RecordFormat with(ValueFormat format, List<String> columns, String schema) {
    return new RecordFormat(
        keyField, timeField, timeFormat, sequenceField, maxAhead, format, columns, schema);
  }
}
