package io.flinklstm.jobs.testing;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Flips, inserts, drops and doubles bytes, and replaces parts by tokens that trip JSON and UTF-8.
 */
public final class MutatedBytes {

  private static final List<byte[]> TOKENS =
      List.of(
          utf8("null"),
          utf8("1e400"),
          utf8("1e-99999999999"),
          utf8("0e99999999999"),
          utf8("-"),
          utf8("0"),
          utf8("9".repeat(40)),
          utf8("\\ud83d"),
          utf8("\\"),
          utf8("\""),
          utf8("{"),
          utf8("}"),
          utf8("["),
          utf8("]"),
          utf8(","),
          utf8(":"),
          utf8("\"bid\":"),
          utf8("\"key\":"),
          utf8("NaN"),
          utf8("\uFEFF"),
          new byte[] {0},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});

  private MutatedBytes() {}

  /** A mutated copy, or the same array if there is nothing to mutate. */
  public static byte[] of(byte[] bytes, Random random) {
    return of(bytes, random, TOKENS);
  }

  /**
   * The same for another format.
   *
   * @param tokens what trips its readers
   */
  public static byte[] of(byte[] bytes, Random random, List<byte[]> tokens) {
    if (bytes == null || bytes.length == 0) {
      return bytes;
    }
    int from = random.nextInt(bytes.length);
    int to = Math.min(bytes.length, from + random.nextInt(8));
    return switch (random.nextInt(6)) {
      case 0 -> flip(bytes, from, random.nextInt(8));
      case 1 -> splice(bytes, from, from, new byte[] {(byte) random.nextInt(256)});
      case 2 -> splice(bytes, from, to, new byte[0]);
      case 3 -> splice(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
      case 4 -> splice(bytes, from, to, tokens.get(random.nextInt(tokens.size())));
      default -> splice(bytes, from, from, tokens.get(random.nextInt(tokens.size())));
    };
  }

  private static byte[] flip(byte[] bytes, int index, int bit) {
    byte[] flipped = bytes.clone();
    flipped[index] ^= (byte) (1 << bit);
    return flipped;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] replacement) {
    byte[] spliced = new byte[bytes.length - (to - from) + replacement.length];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(replacement, 0, spliced, from, replacement.length);
    System.arraycopy(bytes, to, spliced, from + replacement.length, bytes.length - to);
    return spliced;
  }
}
