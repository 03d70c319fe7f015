package io.flinklstm.jobs.record;

import io.flinklstm.forecast.RejectionCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * The bytes of one Avro datum after the other, read by Avro's decoder behind the checks that it
 * does not make: it would go back by a negative length, and allocate as much as a length asks for.
 * Not thread-safe.
 */
final class AvroInput {

  /** A buffer that a text has made larger than this is given up after it. */
  private static final int KEPT_BUFFER = 1 << 16;

  private BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);
  private InputStream rest = decoder.inputStream(); // of the decoder's bytes
  private byte[] text = new byte[64];

  /** Goes to the beginning of other bytes, which are not modified. */
  void begin(byte[] bytes) {
    decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
    rest = decoder.inputStream();
  }

  /** How many bytes are left. */
  int remaining() throws IOException {
    return rest.available();
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

  /** Which of so many branches of a union, or symbols of an enum, comes. */
  int readIndex(int count) throws IOException, RejectedRecordException {
    int index = decoder.readIndex();
    if (index < 0 || index >= count) {
      throw malformed("an index of 0 to " + (count - 1), index);
    }
    return index;
  }

  /** The length of what follows; all of it is there. */
  int readLength() throws IOException, RejectedRecordException {
    return atMostRemaining(decoder.readLong(), "a length");
  }

  /** A number of bytes, or of items with one byte or more each, that the bytes left can hold. */
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

  /** The text of a field. */
  String readText(String field) throws IOException, RejectedRecordException {
    int length = readLength();
    if (length > text.length || text.length > KEPT_BUFFER) {
      text = new byte[Math.max(length, 64)];
    }
    decoder.readFixed(text, 0, length);
    Utf8Check.encoded(text, length, field);
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private static RejectedRecordException malformed(String expected, long got) {
    return new RejectedRecordException(
        RejectionCode.MALFORMED, "value: expected " + expected + " in Avro, got " + got);
  }
}
