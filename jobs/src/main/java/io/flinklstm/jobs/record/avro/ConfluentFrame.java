package io.flinklstm.jobs.record.avro;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.record.ElementFrame;
import io.flinklstm.jobs.record.RejectedRecordException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Confluent's wire format: a zero byte, the schema's id in four bytes, then the datum. */
final class ConfluentFrame {

  /** The length of what precedes the datum. */
  static final int LENGTH = 5;

  private ConfluentFrame() {}

  /** What precedes a datum of a schema. */
  static byte[] of(int schemaId) {
    return ByteBuffer.allocate(LENGTH).putInt(1, schemaId).array();
  }

  /** The schema's id. */
  static int schemaId(byte[] value) throws RejectedRecordException {
    if (value.length < LENGTH || value[0] != 0) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED,
          "value: expected Confluent's wire format (a zero byte, then a schema id of 4 bytes), got "
              + (value.length < LENGTH
                  ? value.length + " bytes"
                  : "a first byte of " + (value[0] & 0xff)));
    }
    int id = ByteBuffer.wrap(value).getInt(1);
    if (id <= 0) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED,
          "value: expected the schema id of Confluent's wire format to be above 0, got " + id);
    }
    return id;
  }

  /** What precedes the datum, as the frame of the record's elements. */
  static ElementFrame around(byte[] value) {
    return new ElementFrame(Arrays.copyOf(value, LENGTH), new byte[0]);
  }

  /** What to say in addition about a record that was not understood without a registry. */
  static String hint(byte[] value) {
    int id = value.length > LENGTH && value[0] == 0 ? ByteBuffer.wrap(value).getInt(1) : 0;
    return id > 0
        ? "; it begins like Confluent's wire format (schema id "
            + id
            + "): set lstm.source.schema-registry.url"
        : "";
  }
}
