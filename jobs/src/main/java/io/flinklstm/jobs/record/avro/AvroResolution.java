package io.flinklstm.jobs.record.avro;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.registry.UnusableSchemaException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityResult;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Rewrites datums of a writer's schema with the reader's, by Avro's own schema resolution: aliases,
 * promotions and defaults. Slower than reading the writer's datums. Not thread-safe.
 */
final class AvroResolution {

  /** Avro's reader takes more stack for each level than ours. */
  private static final int MAX_DEPTH = 200;

  private final AvroSkip skip;
  private final AvroInput in = new AvroInput();
  private final GenericDatumReader<Object> reader;
  private final GenericDatumWriter<Object> writer;
  private final String expected;

  /**
   * @param writer the schema of the datums
   * @param reader the schema to rewrite them with
   * @throws UnusableSchemaException if one cannot be resolved to the other
   */
  AvroResolution(Schema writer, Schema reader) throws UnusableSchemaException {
    Schema aliased = Schema.applyAliases(writer, reader);
    SchemaCompatibilityResult result =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, aliased).getResult();
    if (result.getCompatibility() != SchemaCompatibilityType.COMPATIBLE) {
      throw new UnusableSchemaException(
          "schema "
              + writer.getFullName()
              + ": expected one that Avro resolves to lstm.source.avro-schema, got: "
              + result.getIncompatibilities().get(0).getMessage());
    }
    if (hasItemsWithoutBytes(writer)) {
      // Avro's reader would create as many as a record says, however short it is.
      throw new UnusableSchemaException(
          "schema "
              + writer.getFullName()
              + ": expected arrays whose items have at least one byte, got others; leave out"
              + " lstm.source.avro-schema");
    }
    GenericData data = new GenericData();
    this.reader = new GenericDatumReader<>(writer, reader, data);
    this.writer = new GenericDatumWriter<>(reader, data);
    skip = AvroSkip.thorough(writer);
    expected = "a datum of " + writer.getFullName();
  }

  private static boolean hasItemsWithoutBytes(Schema root) {
    Set<Schema> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Schema> left = new ArrayDeque<>(Set.of(root));
    while (!left.isEmpty()) {
      Schema schema = left.pop();
      if (!known.add(schema)) {
        continue;
      }
      switch (schema.getType()) {
        case RECORD -> schema.getFields().forEach(field -> left.push(field.schema()));
        case UNION -> schema.getTypes().forEach(left::push);
        case MAP -> left.push(schema.getValueType());
        case ARRAY -> {
          if (AvroSkip.of(schema.getElementType()).isEmpty()) {
            return true;
          }
          left.push(schema.getElementType());
        }
        default -> {}
      }
    }
    return false;
  }

  /**
   * A datum with the reader's schema.
   *
   * @param bytes contain the writer's datum from {@code start} to their end. Not modified
   */
  byte[] resolve(byte[] bytes, int start) throws RejectedRecordException {
    try {
      check(bytes, start);
      BinaryDecoder decoder =
          DecoderFactory.get().binaryDecoder(bytes, start, bytes.length - start, null);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      writer.write(reader.read(null, decoder), encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (EOFException e) {
      throw malformed("got the end after " + (bytes.length - start) + " bytes");
    } catch (IOException | RuntimeException e) {
      throw malformed("got: " + e.getMessage());
    }
  }

  /** Our own checks first: Avro's reader would allocate whatever a length asks for. */
  private void check(byte[] bytes, int start) throws IOException, RejectedRecordException {
    in.begin(bytes, start, bytes.length);
    skip.skip(in, AvroSkip.MAX_DEPTH - MAX_DEPTH);
    if (in.remaining() > 0) {
      throw malformed("got " + in.remaining() + " bytes after it");
    }
  }

  private RejectedRecordException malformed(String got) {
    return new RejectedRecordException(
        RejectionCode.MALFORMED, "value: expected " + expected + ", " + got);
  }
}
