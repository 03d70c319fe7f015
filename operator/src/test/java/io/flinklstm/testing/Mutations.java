package io.flinklstm.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Small damages of files: in their bytes, their JSON, or the fields of a protobuf message. */
public final class Mutations {

  private static final long[] NUMBERS = {
    -1,
    0,
    1,
    2,
    3,
    4,
    7,
    12,
    16,
    64,
    127,
    255,
    65_536,
    1 << 24,
    1L << 31,
    1L << 32,
    1L << 62,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final double[] REALS = {
    0, -0.0, 1, -1, 0.5, 1e30, -1e30, Double.NaN, Double.POSITIVE_INFINITY
  };

  private static final Pattern TOKEN =
      Pattern.compile("-?\\d+(\\.\\d+)?|\"[^\"\\\\]*\"|null|true|false");
  private static final List<String> VALUES =
      List.of(
          "-1",
          "0",
          "1",
          "2",
          "16",
          "2147483648",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "1e3",
          "1e999",
          "0.5",
          "NaN",
          "null",
          "true",
          "false",
          "[]",
          "{}",
          "[[[]]]",
          "\"\"",
          "\"a\"");

  private Mutations() {}

  /** One to three changes of bytes: other values, bits, numbers, lengths, pieces moved. */
  public static byte[] ofBytes(byte[] original, Random random) {
    byte[] file = original.clone();
    for (int change = random.nextInt(3); change >= 0 && file.length > 8; change--) {
      int at = random.nextInt(file.length);
      switch (random.nextInt(8)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> file = random.nextInt(4) > 0 ? file : Arrays.copyOf(file, Math.max(1, at));
        case 3 -> file = Arrays.copyOf(file, file.length + 1 + random.nextInt(16));
        case 4 -> file[random.nextInt(8)] = (byte) random.nextInt();
        case 5 -> putNumber(file, at & ~7, random.nextInt(file.length) & ~7);
        case 6 -> putNumber(file, at & ~7, random.nextLong() >>> random.nextInt(64));
        default -> splice(file, at, random);
      }
    }
    return file;
  }

  /** Eight bytes, little-endian, as addresses and sizes are. */
  private static void putNumber(byte[] file, int at, long number) {
    for (int k = 0; k < Long.BYTES && at + k < file.length; k++) {
      file[at + k] = (byte) (number >>> (8 * k));
    }
  }

  /** Copies a piece of the file elsewhere, over what stands there. */
  private static void splice(byte[] file, int from, Random random) {
    int length = Math.min(file.length - from, 1 + random.nextInt(64));
    System.arraycopy(file, from, file, random.nextInt(file.length - length + 1), length);
  }

  /**
   * One to three numbers, words or strings of a JSON text exchanged.
   *
   * @param others what may stand in their place, besides what stands elsewhere in the text
   */
  public static String ofJson(String json, List<String> others, Random random) {
    String text = json;
    for (int change = random.nextInt(3); change >= 0; change--) {
      List<MatchResult> tokens = TOKEN.matcher(text).results().toList();
      if (tokens.isEmpty()) {
        return text;
      }
      MatchResult token = tokens.get(random.nextInt(tokens.size()));
      String other =
          random.nextInt(3) == 0
              ? tokens.get(random.nextInt(tokens.size())).group()
              : random.nextBoolean()
                  ? others.get(random.nextInt(others.size()))
                  : VALUES.get(random.nextInt(VALUES.size()));
      text = text.substring(0, token.start()) + other + text.substring(token.end());
    }
    return text;
  }

  /** One to four changes of fields anywhere in a message. */
  public static Message ofMessage(Message original, Random random) {
    Message.Builder builder = original.toBuilder();
    for (int change = random.nextInt(4); change >= 0; change--) {
      change(builder, random);
    }
    return builder.build();
  }

  /** Mostly goes down into a message that is there; else changes a field of this one. */
  private static void change(Message.Builder builder, Random random) {
    List<Map.Entry<FieldDescriptor, Object>> there = List.copyOf(builder.getAllFields().entrySet());
    if (there.isEmpty() || random.nextInt(40) == 0) {
      List<FieldDescriptor> fields = builder.getDescriptorForType().getFields();
      add(builder, fields.get(random.nextInt(fields.size())), random);
      return;
    }
    FieldDescriptor field = there.get(random.nextInt(there.size())).getKey();
    boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    if (!field.isRepeated()) {
      if (isMessage && random.nextInt(20) > 0) {
        Message.Builder inner = ((Message) builder.getField(field)).toBuilder();
        change(inner, random);
        builder.setField(field, inner.build());
      } else if (random.nextInt(4) == 0) {
        builder.clearField(field);
      } else {
        builder.setField(field, value(builder, field, builder.getField(field), random));
      }
      return;
    }
    int count = builder.getRepeatedFieldCount(field);
    int at = random.nextInt(count);
    Object value = builder.getRepeatedField(field, at);
    if (isMessage && random.nextInt(10) > 0) {
      Message.Builder inner = ((Message) value).toBuilder();
      change(inner, random);
      builder.setRepeatedField(field, at, inner.build());
    } else {
      changeList(builder, field, at, random);
    }
  }

  private static void changeList(
      Message.Builder builder, FieldDescriptor field, int at, Random random) {
    int count = builder.getRepeatedFieldCount(field);
    Object value = builder.getRepeatedField(field, at);
    int other = random.nextInt(count);
    switch (random.nextInt(4)) {
      case 0 -> builder.addRepeatedField(field, value);
      case 1 -> {
        builder.setRepeatedField(field, at, builder.getRepeatedField(field, other));
        builder.setRepeatedField(field, other, value);
      }
      case 2 -> {
        List<?> all = (List<?>) builder.getField(field);
        builder.clearField(field);
        for (int k = 0; k < count; k++) {
          if (k != at) {
            builder.addRepeatedField(field, all.get(k));
          }
        }
      }
      default -> builder.setRepeatedField(field, at, value(builder, field, value, random));
    }
  }

  private static void add(Message.Builder builder, FieldDescriptor field, Random random) {
    Object absent =
        field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
            ? builder.newBuilderForField(field).build()
            : field.isRepeated() ? null : builder.getField(field);
    Object value = value(builder, field, absent, random);
    if (field.isRepeated()) {
      builder.addRepeatedField(field, value);
    } else {
      builder.setField(field, value);
    }
  }

  private static Object value(
      Message.Builder builder, FieldDescriptor field, Object before, Random random) {
    return switch (field.getJavaType()) {
      case INT -> (int) number(before, random);
      case LONG -> number(before, random);
      case FLOAT -> (float) REALS[random.nextInt(REALS.length)];
      case DOUBLE -> REALS[random.nextInt(REALS.length)];
      case BOOLEAN -> random.nextBoolean();
      case STRING -> text(before, random);
      case BYTE_STRING -> bytes(before, random);
      case ENUM -> {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        yield values.get(random.nextInt(values.size()));
      }
      case MESSAGE -> before == null ? builder.newBuilderForField(field).build() : before;
    };
  }

  private static long number(Object before, Random random) {
    long near = before instanceof Number number ? number.longValue() : 0;
    return switch (random.nextInt(3)) {
      case 0 -> near + random.nextInt(5) - 2;
      case 1 -> near * 2;
      default -> NUMBERS[random.nextInt(NUMBERS.length)];
    };
  }

  private static String text(Object before, Random random) {
    String[] texts = {
      "",
      "x",
      "y",
      "h0",
      "LSTM",
      "MatMul",
      "Add",
      "Slice",
      "Reshape",
      "Concat",
      "Expand",
      "Gather",
      "Transpose",
      "Split",
      "Range",
      "Tile",
      "Gemm",
      "Where",
      "reverse",
      "Relu",
      "axis",
      "perm",
      "ConstantOfShape",
      "Constant",
      "Shape",
      "Squeeze",
      "Unsqueeze",
      "Flatten",
      "GatherND",
      "clip"
    };
    return random.nextInt(8) == 0 ? before + "_" : texts[random.nextInt(texts.length)];
  }

  private static ByteString bytes(Object before, Random random) {
    byte[] bytes = before instanceof ByteString there ? there.toByteArray() : new byte[8];
    return ByteString.copyFrom(ofBytes(bytes.length == 0 ? new byte[8] : bytes, random));
  }
}
