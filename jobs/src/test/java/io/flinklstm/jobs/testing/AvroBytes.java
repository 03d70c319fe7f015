package io.flinklstm.jobs.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Converts values to bytes and back with Avro's own classes. */
public final class AvroBytes {

  /** Bytes that break data: lengths, counts and texts. */
  public static final List<byte[]> TOKENS =
      List.of(
          varint(-1),
          varint(0),
          varint(1),
          varint(2),
          varint(1_000_000),
          varint(Integer.MAX_VALUE),
          varint(Integer.MIN_VALUE),
          varint(Long.MAX_VALUE),
          varint(Long.MIN_VALUE),
          HexFormat.of().parseHex("ff".repeat(12)),
          new byte[64],
          new byte[2_000],
          HexFormat.of().parseHex("02".repeat(3_000)),
          of(encoder -> encoder.writeDouble(Double.NaN)),
          SourceRecords.utf8("é\uD83D\uDE00"),
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});

  private AvroBytes() {}

  /** Writes values to an encoder. */
  public interface Writing {
    void to(BinaryEncoder encoder) throws IOException;
  }

  public static byte[] of(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      writing.to(encoder);
      encoder.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  public static byte[] of(GenericRecord record) {
    return of(encoder -> new GenericDatumWriter<>(record.getSchema()).write(record, encoder));
  }

  /** Decodes a record; no bytes may be left over. */
  public static GenericRecord record(Schema schema, byte[] bytes) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
    GenericRecord record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    if (!decoder.isEnd()) {
      throw new AssertionError("bytes left after " + record);
    }
    return record;
  }

  private static byte[] varint(long value) {
    return of(encoder -> encoder.writeLong(value));
  }
}
