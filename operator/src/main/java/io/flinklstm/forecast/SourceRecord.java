package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read, byte for byte. It travels with its observation, so a late or refused one
 * can be passed on unchanged. The arrays are shared and never modified.
 *
 * @param position where it was read
 * @param timestamp the log's own timestamp in epoch milliseconds, or {@link #NO_TIMESTAMP}
 * @param key the record key, or null
 * @param value the record value, or null for a tombstone
 * @param headers the record headers in order
 */
@PublicEvolving
public record SourceRecord(
    SourcePosition position,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {

  public static final long NO_TIMESTAMP = -1;

  /**
   * A record header.
   *
   * @param name the header's name; names may repeat
   * @param value the header's value, or null
   */
  public record Header(String name, byte @Nullable [] value) {}
}
