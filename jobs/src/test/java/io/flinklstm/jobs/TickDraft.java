package io.flinklstm.jobs;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.jobs.record.RecordFormat;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A tick before it becomes a record; every part can still be changed. */
final class TickDraft {

  final RecordFormat format;
  final long number;

  // As JSON literals.
  String key;
  String time;
  String sequence;
  String bid;
  String ask;
  String side = "\"buy\"";
  String before = ""; // other members
  String after = "";

  byte[] recordKey;
  long timestamp;
  final RecordHeaders headers = new RecordHeaders();

  /**
   * A good tick, with ask and bid, key, time and sequence where the format expects them.
   *
   * @param number of the tick in the test, which is its sequence number
   */
  TickDraft(RecordFormat format, long number, String key, long eventTime, double bid) {
    this.format = format;
    this.number = number;
    setKey(key);
    setEventTime(eventTime);
    this.timestamp = eventTime;
    this.sequence = Long.toString(number);
    this.bid = Double.toString(bid);
    this.ask = Double.toString(bid + 0.01);
  }

  void setKey(String text) {
    key = "\"" + text + "\"";
    recordKey = utf8(text);
  }

  void setEventTime(long milliseconds) {
    time =
        switch (format.timeFormat().toString()) {
          case "ms" -> Long.toString(milliseconds);
          case "s" -> BigDecimal.valueOf(milliseconds, 3).toPlainString();
          case "us" -> Long.toString(milliseconds * 1000);
          case "iso" -> "\"" + Instant.ofEpochMilli(milliseconds) + "\"";
          default -> throw new IllegalArgumentException(format.timeFormat().toString());
        };
    if (format.names().time() == null) {
      timestamp = milliseconds;
    }
  }

  byte[] value() {
    return utf8(
        "{"
            + before
            + "\"key\":"
            + key
            + ",\"event_time\":"
            + time
            + ",\"seq\":"
            + sequence
            + ",\"bid\":"
            + bid
            + ",\"ask\":"
            + ask
            + ",\"side\":"
            + side
            + after
            + "}");
  }

  /** A record with this tick's key, headers and timestamp. */
  ConsumerRecord<byte[], byte[]> record(SourcePosition position, byte[] value) {
    return new ConsumerRecord<>(
        position.topic(),
        position.partition(),
        position.offset(),
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        recordKey,
        value,
        headers,
        Optional.empty());
  }
}
