package io.flinklstm.jobs;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records as the source would hand them over. */
final class SourceRecords {

  static final SourcePosition POSITION = new SourcePosition("ticks", 3, 42);
  static final long TIMESTAMP = 1_546_300_800_200L; // 2019-01-01T00:00:00.200Z

  private SourceRecords() {}

  static SourceRecord withValue(String value) {
    return withValue(utf8(value));
  }

  static SourceRecord withValue(byte[] value) {
    return of(utf8("record-key"), TIMESTAMP, value);
  }

  static SourceRecord of(byte[] key, long timestamp, byte[] value, SourceRecord.Header... headers) {
    return new SourceRecord(POSITION, timestamp, key, value, List.of(headers));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
