package io.flinklstm.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a safetensors file: named tensors and metadata.
 *
 * <p>The format [1]: eight bytes little-endian header length N, at most 100,000,000; N bytes of
 * UTF-8 JSON, an object that begins with <code>{</code> and may be padded with spaces; then the
 * tensors' bytes, little-endian and row-major. The header gives each tensor's dtype, shape and
 * data_offsets [begin, end) into those bytes; together the tensors cover them without overlap or
 * hole. {@code __metadata__} is an object of strings. Everything is checked against the real size
 * of the file before anything is allocated from it.
 *
 * <p>[1] https://github.com/huggingface/safetensors#format
 */
public final class Safetensors {

  private static final long MAX_HEADER_LENGTH = 100_000_000;
  private static final String METADATA = "__metadata__";
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Map<String, String> metadata;
  private final Map<String, Tensor> tensors;

  /** A file's content in the order in which it shall be written. */
  public Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Element types; those that do not hold numbers we can use are read, but not converted. */
  public enum Dtype {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    F8_E4M3(1),
    F8_E5M2(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    private final int bytes;

    Dtype(int bytes) {
      this.bytes = bytes;
    }
  }

  /**
   * A tensor.
   *
   * @param dtype the element type
   * @param shape the dimensions, empty for a scalar
   * @param data the elements, row-major, little-endian, from position 0 to limit
   */
  public record Tensor(Dtype dtype, List<Long> shape, ByteBuffer data) {

    /** A tensor of 32-bit floats. */
    public static Tensor of(float[] values, long... shape) {
      ByteBuffer data = littleEndian(ByteBuffer.allocate(Float.BYTES * values.length));
      data.asFloatBuffer().put(values);
      return new Tensor(Dtype.F32, Arrays.stream(shape).boxed().toList(), data);
    }

    /** Number of elements. */
    public int size() {
      return data.limit() / dtype.bytes;
    }

    /**
     * The elements in double precision, exactly.
     *
     * @throws IllegalArgumentException if they are no floating-point numbers of 16 bits or more
     */
    public double[] toDoubles() {
      double[] values = new double[size()];
      for (int k = 0; k < values.length; k++) {
        values[k] =
            switch (dtype) {
              case F64 -> data.getDouble(8 * k);
              case F32 -> data.getFloat(4 * k);
              case F16 -> half(data.getShort(2 * k));
              case BF16 -> Float.intBitsToFloat(data.getShort(2 * k) << 16);
              default ->
                  throw new IllegalArgumentException(
                      "expected dtype F64, F32, F16 or BF16, got " + dtype);
            };
      }
      return values;
    }

    /** The elements, narrowed to single precision. See {@link #toDoubles}. */
    public float[] toFloats() {
      double[] values = toDoubles();
      float[] floats = new float[values.length];
      for (int k = 0; k < floats.length; k++) {
        floats[k] = (float) values[k];
      }
      return floats;
    }

    /** IEEE 754 binary16. */
    private static double half(short bits) {
      int exponent = (bits >> 10) & 0x1f;
      int fraction = bits & 0x3ff;
      double magnitude =
          exponent == 0x1f
              ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
              : exponent == 0
                  ? Math.scalb((double) fraction, -24)
                  : Math.scalb((double) (fraction | 0x400), exponent - 25);
      return bits < 0 ? -magnitude : magnitude;
    }
  }

  /** Whether the bytes could be a safetensors file: a plausible header length and its brace. */
  static boolean looksLike(byte[] file) {
    return file.length > 8 && file[8] == '{';
  }

  /**
   * Reads a file.
   *
   * @param file the whole file. Not modified, and shared by the tensors
   * @param fileName the file's name in messages
   * @throws ModelFileException if the file breaks a rule of the format
   */
  public static Safetensors read(byte[] file, String fileName) {
    ByteBuffer bytes = littleEndian(ByteBuffer.wrap(file));
    if (file.length < 8) {
      throw broken(fileName, "expected 8 bytes of header length, got " + file.length + " in all");
    }
    long headerLength = bytes.getLong(0);
    if (headerLength < 2 || headerLength > MAX_HEADER_LENGTH) {
      throw broken(
          fileName,
          "expected a header length of 2 to "
              + MAX_HEADER_LENGTH
              + " bytes, got "
              + Long.toUnsignedString(headerLength));
    }
    if (headerLength > file.length - 8) {
      throw broken(
          fileName,
          "expected " + headerLength + " bytes of header, got " + (file.length - 8) + " in all");
    }
    int dataStart = 8 + (int) headerLength;
    JsonNode header = header(file, (int) headerLength, fileName);
    ByteBuffer data = littleEndian(bytes.slice(dataStart, file.length - dataStart));
    return new Safetensors(metadata(header, fileName), tensors(header, data, fileName));
  }

  private static JsonNode header(byte[] file, int length, String fileName) {
    if (file[8] != '{') {
      throw broken(fileName, "expected the header to begin with '{', got byte " + file[8]);
    }
    try {
      JsonNode header = JSON.readTree(file, 8, length);
      if (!header.isObject()) {
        throw broken(fileName, "expected the header to be a JSON object");
      }
      return header;
    } catch (JsonProcessingException e) {
      throw broken(fileName, "expected a header of valid JSON, got: " + e.getOriginalMessage());
    } catch (java.io.IOException e) {
      throw broken(fileName, "expected a header of valid JSON, got: " + e.getMessage());
    }
  }

  private static Map<String, String> metadata(JsonNode header, String fileName) {
    Map<String, String> metadata = new LinkedHashMap<>();
    JsonNode node = header.path(METADATA);
    if (!node.isMissingNode() && !node.isObject()) {
      throw broken(fileName, METADATA + ": expected an object, got " + node.getNodeType());
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw broken(
            fileName,
            METADATA
                + "."
                + entry.getKey()
                + ": expected a string, got "
                + entry.getValue().getNodeType());
      }
      metadata.put(entry.getKey(), entry.getValue().textValue());
    }
    return metadata;
  }

  private static Map<String, Tensor> tensors(JsonNode header, ByteBuffer data, String fileName) {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals(METADATA)) {
        entries.add(Entry.parse(entry.getKey(), entry.getValue(), fileName));
      }
    }
    checkCoverage(entries, data.limit(), fileName);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      ByteBuffer slice =
          littleEndian(data.slice((int) entry.begin, (int) (entry.end - entry.begin)));
      tensors.put(entry.name, new Tensor(entry.dtype, entry.shape, slice));
    }
    return tensors;
  }

  private static void checkCoverage(List<Entry> entries, long dataLength, String fileName) {
    List<Entry> byOffset = new ArrayList<>(entries);
    byOffset.sort(
        Comparator.comparingLong((Entry e) -> e.begin).thenComparingLong((Entry e) -> e.end));
    long covered = 0;
    for (Entry entry : byOffset) {
      if (entry.begin != covered) {
        throw entry.broken("expected data to begin at " + covered + ", got " + entry.begin);
      }
      covered = entry.end;
    }
    if (covered != dataLength) {
      throw broken(fileName, "expected " + covered + " bytes of data, got " + dataLength);
    }
  }

  private static ByteBuffer littleEndian(ByteBuffer buffer) {
    return buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ModelFileException broken(String where, String message) {
    return new ModelFileException("safetensors file " + where + ": " + message);
  }

  /** A tensor's line in the header. */
  private record Entry(
      String name, Dtype dtype, List<Long> shape, long begin, long end, String fileName) {

    static Entry parse(String name, JsonNode node, String fileName) {
      String where = name + " in " + fileName;
      if (!node.isObject() || node.size() != 3) {
        throw new ModelFileException(
            where + ": expected an object of dtype, shape and data_offsets, got " + shorten(node));
      }
      List<Long> shape = naturals(node.path("shape"), where, "shape");
      List<Long> offsets = naturals(node.path("data_offsets"), where, "data_offsets");
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw new ModelFileException(
            where + ": expected data_offsets [begin, end], got " + offsets);
      }
      Dtype dtype = dtype(node.path("dtype"), where);
      Entry entry = new Entry(name, dtype, shape, offsets.get(0), offsets.get(1), fileName);
      entry.checkSize();
      return entry;
    }

    private static Dtype dtype(JsonNode node, String where) {
      for (Dtype dtype : Dtype.values()) {
        if (dtype.name().equals(node.textValue())) {
          return dtype;
        }
      }
      throw new ModelFileException(
          where
              + ": expected dtype to be one of "
              + Arrays.toString(Dtype.values())
              + ", got "
              + shorten(node));
    }

    private static List<Long> naturals(JsonNode node, String where, String what) {
      if (!node.isArray()) {
        throw new ModelFileException(
            where + ": expected " + what + " to be an array of numbers, got " + shorten(node));
      }
      List<Long> numbers = new ArrayList<>();
      for (JsonNode element : node) {
        if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
          throw new ModelFileException(
              where
                  + ": expected "
                  + what
                  + " to hold whole numbers of at least 0, got "
                  + shorten(element));
        }
        numbers.add(element.longValue());
      }
      return List.copyOf(numbers);
    }

    private void checkSize() {
      long bytes = dtype.bytes;
      try {
        for (long dimension : shape) {
          bytes = Math.multiplyExact(bytes, dimension);
        }
      } catch (ArithmeticException overflow) {
        throw broken("expected a size within 2^63 bytes, got shape " + shape);
      }
      if (bytes != end - begin) {
        throw broken(
            "expected "
                + bytes
                + " bytes ("
                + dtype
                + " of shape "
                + shape
                + "), got "
                + (end - begin)
                + " (data_offsets ["
                + begin
                + ", "
                + end
                + "])");
      }
    }

    private ModelFileException broken(String message) {
      return new ModelFileException(name + " in " + fileName + ": " + message);
    }

    private static String shorten(JsonNode node) {
      String text = node.isMissingNode() ? "nothing" : node.toString();
      return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
  }

  /** The file's bytes; reading them gives this content again. */
  public byte[] write() {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = header.putObject(METADATA);
      metadata.forEach(node::put);
    }
    int offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", tensor.dtype.name());
      ArrayNode shape = node.putArray("shape");
      tensor.shape.forEach(shape::add);
      int end = Math.addExact(offset, tensor.data.limit());
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    // Padded with spaces, so that the tensors begin at a multiple of eight bytes.
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int headerLength = (json.length + 7) / 8 * 8;
    ByteBuffer file = littleEndian(ByteBuffer.allocate(8 + headerLength + offset));
    file.putLong(headerLength).put(json);
    while (file.position() < 8 + headerLength) {
      file.put((byte) ' ');
    }
    tensors.values().forEach(tensor -> file.put(tensor.data.duplicate().rewind()));
    return file.array();
  }
}
