package io.flinklstm.jobs.record.avro;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.record.RejectedRecordException;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * Skips values that no field needs. It takes no more steps than the value has bytes: items without
 * bytes are not visited one by one, and nesting, which a recursive schema does not bound, is
 * limited. Immutable once created.
 */
final class AvroSkip {

  /** The same depth as the JSON parser's limit. */
  static final int MAX_DEPTH = 1000;

  private final Schema.Type type;
  private final int fixedSize;
  private final boolean thorough;
  private AvroSkip[]
      parts = {}; // fields of a record, branches of a union, items of an array or map
  private boolean empty; // values of this type have no bytes

  private AvroSkip(Schema schema, boolean thorough) {
    type = schema.getType();
    this.thorough = thorough;
    fixedSize =
        switch (type) {
          case BOOLEAN -> 1;
          case FLOAT -> 4;
          case DOUBLE -> 8;
          case FIXED -> schema.getFixedSize();
          default -> 0;
        };
  }

  static AvroSkip of(Schema schema) {
    return of(schema, false, new IdentityHashMap<>());
  }

  /** One that also looks into blocks that give their length in bytes. */
  static AvroSkip thorough(Schema schema) {
    return of(schema, true, new IdentityHashMap<>());
  }

  /**
   * @param known the skips created so far, because a record may contain itself
   */
  private static AvroSkip of(Schema schema, boolean thorough, Map<Schema, AvroSkip> known) {
    AvroSkip skip = known.get(schema);
    if (skip != null) {
      return skip;
    }
    skip = new AvroSkip(schema, thorough);
    known.put(schema, skip);
    List<Schema> parts =
        switch (schema.getType()) {
          case RECORD -> schema.getFields().stream().map(Schema.Field::schema).toList();
          case UNION -> schema.getTypes();
          case ARRAY -> List.of(schema.getElementType());
          case MAP -> List.of(schema.getValueType());
          default -> List.of();
        };
    skip.parts = new AvroSkip[parts.size()];
    boolean allEmpty = true;
    for (int k = 0; k < skip.parts.length; k++) {
      skip.parts[k] = of(parts.get(k), thorough, known);
      allEmpty &= skip.parts[k].empty;
    }
    skip.empty =
        switch (skip.type) {
          case NULL -> true;
          case FIXED -> skip.fixedSize == 0;
          case RECORD -> allEmpty;
          default -> false;
        };
    return skip;
  }

  /** Whether values have no bytes. */
  boolean isEmpty() {
    return empty;
  }

  void skip(AvroInput in) throws IOException, RejectedRecordException {
    skip(in, 0);
  }

  /**
   * @param depth of the value, out of {@link #MAX_DEPTH}
   */
  void skip(AvroInput in, int depth) throws IOException, RejectedRecordException {
    if (empty) {
      return;
    }
    if (depth > MAX_DEPTH) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED,
          "value: expected Avro nested at most " + MAX_DEPTH + " deep, got more");
    }
    switch (type) {
      case INT, ENUM -> in.readInt();
      case LONG -> in.readLong();
      case BYTES, STRING -> in.skip(in.readLength());
      case UNION -> parts[in.readIndex(parts.length)].skip(in, depth + 1);
      case RECORD -> {
        for (AvroSkip field : parts) {
          field.skip(in, depth + 1);
        }
      }
      case ARRAY, MAP -> skipBlocks(in, depth);
      default -> in.skip(fixedSize);
    }
  }

  private void skipBlocks(AvroInput in, int depth) throws IOException, RejectedRecordException {
    for (long count = in.readLong(); count != 0; count = in.readLong()) {
      if (count < 0 && thorough) {
        in.readLength();
        skipItems(in, in.atMostRemaining(-count, "a block of items"), depth);
      } else if (count < 0) {
        in.skip(in.readLength()); // such a block gives its length in bytes
      } else if (type == Schema.Type.MAP || !parts[0].empty) {
        skipItems(in, in.atMostRemaining(count, "a block of items"), depth);
      }
    }
  }

  private void skipItems(AvroInput in, int count, int depth)
      throws IOException, RejectedRecordException {
    for (int k = 0; k < count; k++) {
      if (type == Schema.Type.MAP) {
        in.skip(in.readLength());
      }
      parts[0].skip(in, depth + 1);
    }
  }
}
