package io.flinklstm.jobs.record.avro;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.Utf8Check;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Reads one Avro datum after another with Avro's decoder, and adds checks that the decoder lacks:
 * it would move backwards on a negative length and allocate whatever a length asks for. Not
 * thread-safe.
 */
final class AvroInput {

  /** A text buffer that has grown beyond this is discarded. */
  private static final int KEPT_BUFFER = 1 << 16;

  private BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);
  private InputStream rest = decoder.inputStream(); // the decoder's unread bytes
  private byte[] text = new byte[64];
  private int end;

  /** Starts reading other bytes, which are not modified. */
  void begin(byte[] bytes, int start, int end) {
    decoder = DecoderFactory.get().binaryDecoder(bytes, start, end - start, decoder);
    rest = decoder.inputStream();
    this.end = end;
  }

  /** The index of the next byte. */
  int position() throws IOException {
    return end - remaining();
  }

  /** The number of bytes left. */
  int remaining() throws IOException {
    return rest.available();
  }

  boolean readBoolean() throws IOException {
    return decoder.readBoolean();
  }

  int readInt() throws IOException {
    return decoder.readInt();
  }

  long readLong() throws IOException {
    return decoder.readLong();
  }

  float readFloat() throws IOException {
    return decoder.readFloat();
  }

  double readDouble() throws IOException {
    return decoder.readDouble();
  }

  /** The index of the next union branch or enum symbol, less than {@code count}. */
  int readIndex(int count) throws IOException, RejectedRecordException {
    int index = decoder.readIndex();
    if (index < 0 || index >= count) {
      throw malformed("an index of 0 to " + (count - 1), index);
    }
    return index;
  }

  /** The length of the following value, which is complete. */
  int readLength() throws IOException, RejectedRecordException {
    return atMostRemaining(decoder.readLong(), "a length");
  }

  /** Checks a number of bytes, or of items of at least one byte each, against the bytes left. */
  int atMostRemaining(long count, String what) throws IOException, RejectedRecordException {
    int remaining = remaining();
    if (count < 0 || count > remaining) {
      throw malformed(what + " of at most the " + remaining + " bytes left", count);
    }
    return (int) count;
  }

  void skip(int bytes) throws IOException {
    if (bytes > remaining()) {
      throw new EOFException();
    }
    decoder.skipFixed(bytes);
  }

  /** The next bytes, valid until the next call; longer than asked for. */
  byte[] readBytes(int length) throws IOException {
    if (length > text.length || text.length > KEPT_BUFFER) {
      text = new byte[Math.max(length, 64)];
    }
    decoder.readFixed(text, 0, length);
    return text;
  }

  /**
   * The next text.
   *
   * @param field its name, in messages
   */
  String readText(String field) throws IOException, RejectedRecordException {
    int length = readLength();
    readBytes(length);
    Utf8Check.encoded(text, length, field);
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private static RejectedRecordException malformed(String expected, long got) {
    return new RejectedRecordException(
        RejectionCode.MALFORMED, "value: expected " + expected + " in Avro, got " + got);
  }
}
