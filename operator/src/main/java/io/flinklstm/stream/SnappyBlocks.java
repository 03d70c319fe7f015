package io.flinklstm.stream;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.xerial.snappy.Snappy;

/**
 * The blocks of a compressed snapshot, to its end: streams in Snappy's framing format [1], each
 * preceded by the four bytes of a key group's number or directly by another stream. A stream is an
 * identifier and then chunks:
 *
 * <pre>
 *   1  type: 0 compressed, 1 uncompressed
 *   3  length of what follows, little-endian
 *   4  masked CRC32C of the data before compression, little-endian
 *   n  data
 * </pre>
 *
 * <p>Flink does not write chunks of other types, which a reader may skip; they are refused, because
 * a damaged type must not hide a chunk.
 *
 * <p>[1] https://github.com/google/snappy/blob/main/framing_format.txt
 */
final class SnappyBlocks {

  private static final byte[] IDENTIFIER = {(byte) 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};
  private static final int KEY_GROUP = Integer.BYTES;
  private static final int MAX_DATA = 1 << 16;

  private final DataInputStream in;
  private final byte[] ahead = new byte[KEY_GROUP + IDENTIFIER.length];
  private final byte[] chunk = new byte[Integer.BYTES + Snappy.maxCompressedLength(MAX_DATA)];
  private final byte[] data = new byte[MAX_DATA];
  private final CRC32C crc = new CRC32C();

  /**
   * @param in positioned at the first block; must support marking
   */
  SnappyBlocks(DataInputStream in) {
    this.in = in;
  }

  /**
   * Checks all blocks, or none if the snapshot is not compressed. A damaged first identifier looks
   * like no compression too, but Flink itself checks that one.
   *
   * @throws IOException if any block does not match its checksum
   */
  void check() throws IOException {
    try {
      int known = lookAhead();
      if (!isIdentifier(0) && !isIdentifier(KEY_GROUP)) {
        return;
      }
      for (; known > 0; known = lookAhead()) {
        if (isIdentifier(0)) {
          in.skipNBytes(IDENTIFIER.length);
        } else if (isIdentifier(KEY_GROUP)) {
          in.skipNBytes(KEY_GROUP);
        } else {
          checkChunk();
        }
      }
    } catch (EOFException e) {
      throw new IOException("expected complete blocks, got a truncated one", e);
    }
  }

  private int lookAhead() throws IOException {
    in.mark(ahead.length);
    Arrays.fill(ahead, (byte) 0);
    int known = in.readNBytes(ahead, 0, ahead.length);
    in.reset();
    return known;
  }

  private boolean isIdentifier(int from) {
    return Arrays.equals(ahead, from, from + IDENTIFIER.length, IDENTIFIER, 0, IDENTIFIER.length);
  }

  private void checkChunk() throws IOException {
    int header = Integer.reverseBytes(in.readInt());
    int type = header & 0xff;
    int length = header >>> 8;
    if (type > 1 || length < Integer.BYTES || length > chunk.length) {
      throw new IOException(
          "expected a block of type 0 or 1, got one of type " + type + " and length " + length);
    }
    int expected = Integer.reverseBytes(in.readInt());
    int size = length - Integer.BYTES;
    in.readFully(chunk, 0, size);
    crc.reset();
    if (type == 1) {
      crc.update(chunk, 0, size);
    } else {
      if (!Snappy.isValidCompressedBuffer(chunk, 0, size)
          || Snappy.uncompressedLength(chunk, 0, size) > MAX_DATA) {
        throw new IOException("expected a block that can be decompressed, got one that cannot");
      }
      crc.update(data, 0, Snappy.uncompress(chunk, 0, size, data, 0));
    }
    int actual = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    if (actual != expected) {
      throw new IOException(
          "expected a block with checksum "
              + Integer.toHexString(expected)
              + ", got one with "
              + Integer.toHexString(actual));
    }
  }
}
