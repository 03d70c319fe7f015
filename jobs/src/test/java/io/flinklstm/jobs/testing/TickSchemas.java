package io.flinklstm.jobs.testing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Schemas of ticks, and random values for them. */
public final class TickSchemas {

  /** Required fields among others of every type, one of which contains itself. */
  public static final String EVERYTHING =
      of(
          field("nothing", "\"null\""),
          field("flag", "\"boolean\""),
          field("key", "\"string\""),
          field("count", "\"int\""),
          field("serial", "\"long\""),
          field("event_time", "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}"),
          field("ratio", "\"float\""),
          field("bid", "[\"null\",\"double\"]"),
          field("raw", "\"bytes\""),
          field("note", "\"string\""),
          field("hash", "{\"type\":\"fixed\",\"name\":\"Hash\",\"size\":16}"),
          field("side", "{\"type\":\"enum\",\"name\":\"Side\",\"symbols\":[\"BUY\",\"SELL\"]}"),
          field("ask", "[\"float\",\"null\"]"),
          field("depths", "{\"type\":\"array\",\"items\":\"double\"}"),
          field("nulls", "{\"type\":\"array\",\"items\":\"null\"}"),
          field("tags", "{\"type\":\"map\",\"values\":[\"null\",\"string\",\"Hash\"]}"),
          field(
              "tree",
              "{\"type\":\"record\",\"name\":\"Tree\",\"fields\":["
                  + field("value", "\"long\"")
                  + ","
                  + field("branches", "{\"type\":\"array\",\"items\":\"Tree\"}")
                  + "]}"));

  private TickSchemas() {}

  public static String of(String... fields) {
    return "{\"type\":\"record\",\"name\":\"Tick\",\"namespace\":\"test\",\"fields\":["
        + String.join(",", fields)
        + "]}";
  }

  public static String field(String name, String type) {
    return "{\"name\":\"" + name + "\",\"type\":" + type + "}";
  }

  /** Random values of any schema. */
  public static final class Values {

    private static final int MAX_DEPTH = 4;

    private final Random random;

    public Values(long seed) {
      random = new Random(seed);
    }

    public GenericData.Record record(Schema schema, int depth) {
      GenericData.Record record = new GenericData.Record(schema);
      for (Schema.Field field : schema.getFields()) {
        record.put(field.pos(), value(field.schema(), depth + 1));
      }
      return record;
    }

    private Object value(Schema schema, int depth) {
      return switch (schema.getType()) {
        case NULL -> null;
        case BOOLEAN -> random.nextBoolean();
        case INT -> random.nextInt() >> random.nextInt(32);
        case LONG -> random.nextLong() >> random.nextInt(64);
        case FLOAT -> random.nextFloat();
        case DOUBLE -> random.nextDouble();
        case STRING -> "é".repeat(random.nextInt(30));
        case BYTES -> ByteBuffer.wrap(bytes(random.nextInt(30)));
        case FIXED -> new GenericData.Fixed(schema, bytes(schema.getFixedSize()));
        case ENUM ->
            new GenericData.EnumSymbol(
                schema,
                schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size())));
        case UNION -> value(schema.getTypes().get(random.nextInt(schema.getTypes().size())), depth);
        case RECORD -> record(schema, depth);
        case ARRAY -> items(schema, depth);
        case MAP -> entries(schema, depth);
      };
    }

    private List<Object> items(Schema schema, int depth) {
      List<Object> items = new ArrayList<>();
      for (int count = depth > MAX_DEPTH ? 0 : random.nextInt(4); count > 0; count--) {
        items.add(value(schema.getElementType(), depth + 1));
      }
      return items;
    }

    private Map<String, Object> entries(Schema schema, int depth) {
      Map<String, Object> entries = new LinkedHashMap<>();
      for (int count = depth > MAX_DEPTH ? 0 : random.nextInt(4); count > 0; count--) {
        entries.put("entry" + count, value(schema.getValueType(), depth + 1));
      }
      return entries;
    }

    private byte[] bytes(int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }
  }
}
