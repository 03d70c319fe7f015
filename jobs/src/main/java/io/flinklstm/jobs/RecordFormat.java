package io.flinklstm.jobs;

import java.io.Serializable;
import java.time.Duration;

/**
 * Where a record says what besides the model's fields.
 *
 * @param keyField field of the stream's name, or null for the record key
 * @param timeField field of the event time, or null for the record timestamp
 * @param timeFormat of the time field
 * @param sequenceField field of the sequence number, or null for none
 * @param maxAhead how far the event time may be ahead of the record timestamp
 */
record RecordFormat(
    String keyField,
    String timeField,
    TimeFormat timeFormat,
    String sequenceField,
    Duration maxAhead)
    implements Serializable {}
