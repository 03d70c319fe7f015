package io.flinklstm.jobs.record;

import java.io.Serializable;
import java.time.Duration;

/**
 * Where a record says what besides the model's fields, and how its value is written.
 *
 * @param keyField field of the stream's name, or null for the record key
 * @param timeField field of the event time, or null for the record timestamp
 * @param timeFormat of the time field
 * @param sequenceField field of the sequence number, or null for none
 * @param maxAhead how far the event time may be ahead of the record timestamp
 * @param layout how the value is written
 */
public record RecordFormat(
    String keyField,
    String timeField,
    TimeFormat timeFormat,
    String sequenceField,
    Duration maxAhead,
    ValueLayout layout)
    implements Serializable {

  /** The format of records that are JSON. */
  public RecordFormat(
      String keyField,
      String timeField,
      TimeFormat timeFormat,
      String sequenceField,
      Duration maxAhead) {
    this(keyField, timeField, timeFormat, sequenceField, maxAhead, ValueLayout.JSON);
  }

  /** The same fields in a value that is written otherwise. */
  public RecordFormat with(ValueLayout other) {
    return new RecordFormat(keyField, timeField, timeFormat, sequenceField, maxAhead, other);
  }
}
