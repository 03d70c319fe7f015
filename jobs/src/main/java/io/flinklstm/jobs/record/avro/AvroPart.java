package io.flinklstm.jobs.record.avro;

import io.flinklstm.jobs.record.FieldTree;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a value of a writer's schema: skip it, fill slots of a draft, or go on with its
 * parts. Compiled once for each schema from the trees of the needed fields. Immutable once created.
 */
final class AvroPart {

  /** How a value is read. */
  enum Kind {
    SKIP,
    NULL,
    BOOLEAN,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    DECIMAL,
    STRING,
    ENUM,
    RECORD,
    UNION,
    MAP,
    ARRAY,
    /** The array with the observations. */
    ELEMENTS
  }

  private static final int[] NONE = {};
  private static final FieldTree NOTHING = new FieldTree();

  final Kind kind;
  final AvroSkip skip; // over a value of which nothing is needed
  final String type; // its name, for messages
  final String name; // of a field that the value fills, for messages
  final int[] slots; // in the draft, filled by the value itself
  final int[] refused; // in the draft, for which the value has the wrong type

  // Fields of a record, branches of a union, needed entries of a map, needed positions of an array.
  final @Nullable AvroPart[] parts;
  final byte[][] names; // of a map's entries
  final AvroSkip item; // of a map or an array; of others the value's own
  final @Nullable AvroPart element; // of the array with the observations
  final String[] symbols; // of an enum
  final int fixedSize; // of a decimal, or -1 for one with a length
  final int scale; // of a decimal
  final AvroTypes.@Nullable Time time; // of a whole number
  final boolean isLocal; // whether that time is without a zone

  private AvroPart(Schema schema, FieldTree[] trees, int level, FieldTree tree, AvroTypes types) {
    skip = AvroSkip.of(schema);
    type = AvroTypes.name(schema);
    kind = kind(schema, tree);
    boolean filled = schema.getType() != Schema.Type.UNION && kind != Kind.ELEMENTS;
    boolean isNull = schema.getType() == Schema.Type.NULL;
    slots =
        filled
            ? Arrays.stream(tree.slots()).filter(s -> isNull || types.suits(s, schema)).toArray()
            : NONE;
    refused =
        filled && !isNull
            ? Arrays.stream(tree.slots()).filter(s -> !types.suits(s, schema)).toArray()
            : NONE;
    name = slots.length == 0 ? "value" : types.field(slots[0]);
    parts = parts(schema, trees, level, tree, types);
    names =
        kind == Kind.MAP
            ? Arrays.stream(tree.names())
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new)
            : new byte[0][];
    item =
        switch (schema.getType()) {
          case ARRAY -> AvroSkip.of(schema.getElementType());
          case MAP -> AvroSkip.of(schema.getValueType());
          default -> skip;
        };
    element =
        kind == Kind.ELEMENTS
            ? new AvroPart(schema.getElementType(), trees, level + 1, trees[level + 1], types)
            : null;
    symbols = kind == Kind.ENUM ? schema.getEnumSymbols().toArray(String[]::new) : new String[0];
    fixedSize = schema.getType() == Schema.Type.FIXED ? schema.getFixedSize() : -1;
    LogicalTypes.Decimal decimal = AvroTypes.decimal(schema);
    scale = decimal == null ? 0 : decimal.getScale();
    time = AvroTypes.time(schema);
    isLocal = AvroTypes.isLocal(schema);
  }

  /**
   * Compiles the values of a schema.
   *
   * @param trees the needed fields by level, of which the value is at level 0
   */
  static AvroPart of(Schema schema, FieldTree[] trees, AvroTypes types) {
    return new AvroPart(schema, trees, 0, trees[0], types);
  }

  private static Kind kind(Schema schema, FieldTree tree) {
    if (!tree.isNeeded()) {
      return Kind.SKIP;
    }
    return switch (schema.getType()) {
      case NULL -> Kind.NULL;
      case BOOLEAN -> Kind.BOOLEAN;
      case INT -> Kind.INT;
      case LONG -> Kind.LONG;
      case FLOAT -> Kind.FLOAT;
      case DOUBLE -> Kind.DOUBLE;
      case STRING -> Kind.STRING;
      case ENUM -> Kind.ENUM;
      case BYTES, FIXED -> AvroTypes.decimal(schema) == null ? Kind.SKIP : Kind.DECIMAL;
      case RECORD -> tree.hasParts() ? Kind.RECORD : Kind.SKIP;
      case MAP -> tree.hasParts() ? Kind.MAP : Kind.SKIP;
      case UNION -> Kind.UNION;
      case ARRAY -> {
        // Elements without bytes would be as many as a record says, however short it is.
        if (tree.isArray() && !AvroSkip.of(schema.getElementType()).isEmpty()) {
          yield Kind.ELEMENTS;
        }
        yield tree.hasPositions() ? Kind.ARRAY : Kind.SKIP;
      }
    };
  }

  private @Nullable AvroPart[] parts(
      Schema schema, FieldTree[] trees, int level, FieldTree tree, AvroTypes types) {
    return switch (kind) {
      case RECORD ->
          schema.getFields().stream()
              .map(field -> of(field.schema(), trees, level, tree.find(field.name()), types))
              .toArray(AvroPart[]::new);
      case UNION ->
          schema.getTypes().stream()
              .map(branch -> of(branch, trees, level, tree, types))
              .toArray(AvroPart[]::new);
      case MAP ->
          Arrays.stream(tree.byName())
              .map(entry -> of(schema.getValueType(), trees, level, entry, types))
              .toArray(AvroPart[]::new);
      case ARRAY ->
          Arrays.stream(tree.byIndex())
              .map(
                  position ->
                      position == null
                          ? null
                          : of(schema.getElementType(), trees, level, position, types))
              .toArray(AvroPart[]::new);
      default -> new AvroPart[0];
    };
  }

  private static AvroPart of(
      Schema schema, FieldTree[] trees, int level, @Nullable FieldTree tree, AvroTypes types) {
    return new AvroPart(schema, trees, level, tree == null ? NOTHING : tree, types);
  }

  /** The part of a map's entry, or null if it is not needed. */
  @Nullable AvroPart entry(byte[] name, int length) {
    for (int k = 0; k < names.length; k++) {
      if (Arrays.equals(names[k], 0, names[k].length, name, 0, length)) {
        return parts[k];
      }
    }
    return null;
  }
}
