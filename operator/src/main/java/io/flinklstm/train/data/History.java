package io.flinklstm.train.data;

import io.flinklstm.forecast.Observation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The past of several streams, on which a model is trained and judged. Streams are sorted by key,
 * whichever came first. Grows; not thread-safe while it does.
 */
public final class History {

  private final int fieldCount;
  private final Map<String, Series> series = new TreeMap<>();
  private long rows;

  /**
   * @param fieldCount values of each observation, as many as the model card has fields
   */
  public History(int fieldCount) {
    this.fieldCount = fieldCount;
  }

  /** Appends an observation to its stream; readers find out whether it is usable. */
  public void add(Observation observation) {
    series.computeIfAbsent(observation.key(), key -> new Series(key, fieldCount)).add(observation);
    rows++;
  }

  /** The streams. */
  public List<Series> series() {
    return List.copyOf(series.values());
  }

  /** The number of observations of all streams. */
  public long rows() {
    return rows;
  }

  /**
   * SHA-256 over keys, times and values in their order, as hexadecimal digits: the same for the
   * same observations, however they were read.
   */
  public String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer row = ByteBuffer.allocate(Long.BYTES * (2 + fieldCount));
      for (Series stream : series.values()) {
        byte[] key = stream.key().getBytes(StandardCharsets.UTF_8);
        digest.update(
            ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(key.length)
                .putInt(stream.size())
                .array());
        digest.update(key);
        for (int k = 0; k < stream.size(); k++) {
          Observation observation = stream.observation(k);
          row.clear().putLong(observation.eventTime()).putLong(observation.sequence());
          for (double value : observation.values()) {
            row.putDouble(value);
          }
          digest.update(row.array());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("SHA-256 is part of every JDK", missing);
    }
  }
}
