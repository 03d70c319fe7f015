package io.flinklstm.jobs.testing;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records as the source would pass them on. */
public final class SourceRecords {

  public static final SourcePosition POSITION = new SourcePosition("ticks", 3, 42);
  public static final long TIMESTAMP = 1_546_300_800_200L; // 2019-01-01T00:00:00.200Z

  private SourceRecords() {}

  public static SourceRecord withValue(String value) {
    return withValue(utf8(value));
  }

  public static SourceRecord withValue(byte[] value) {
    return of(utf8("record-key"), TIMESTAMP, value);
  }

  public static SourceRecord of(
      byte[] key, long timestamp, byte[] value, SourceRecord.Header... headers) {
    return new SourceRecord(POSITION, timestamp, key, value, List.of(headers));
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
