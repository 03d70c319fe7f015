package io.flinklstm.format.pytorch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads safetensors files by the official rules, which {@link Safetensors} summarizes. Everything
 * is checked against the file's real size before anything is allocated.
 */
final class SafetensorsReader {

  static final long MIN_HEADER_LENGTH = 2;
  static final long MAX_HEADER_LENGTH = 100_000_000;

  private static final String METADATA = Safetensors.METADATA;
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SafetensorsReader() {}

  /**
   * Reads a file.
   *
   * @param file the whole file. Not modified, and shared by the tensors
   * @param fileName the file's name in messages
   * @throws ModelFileException if the file breaks a rule of the format
   */
  static Safetensors read(byte[] file, String fileName) {
    ByteBuffer bytes = littleEndian(ByteBuffer.wrap(file));
    if (file.length < 8) {
      throw broken(fileName, "expected 8 bytes of header length, got " + file.length + " in all");
    }
    long headerLength = bytes.getLong(0);
    if (headerLength < MIN_HEADER_LENGTH || headerLength > MAX_HEADER_LENGTH) {
      throw broken(
          fileName,
          "expected a header length of "
              + MIN_HEADER_LENGTH
              + " to "
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
    } catch (IOException e) {
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
                + Excerpt.name(entry.getKey())
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
      if (entry.end > dataLength) {
        throw entry.broken(
            "expected bytes "
                + entry.begin
                + " to "
                + entry.end
                + " of the data, got "
                + dataLength
                + " bytes of data in all");
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

  /** A tensor's entry in the header. */
  private record Entry(
      String name, Tensor.Dtype dtype, List<Long> shape, long begin, long end, String fileName) {

    static Entry parse(String name, JsonNode node, String fileName) {
      String where = Excerpt.name(name) + " in " + fileName;
      if (!node.isObject() || node.size() != 3) {
        throw new ModelFileException(
            where
                + ": expected an object of dtype, shape and data_offsets, got "
                + Excerpt.json(node));
      }
      List<Long> shape = naturals(node.path("shape"), where, "shape");
      List<Long> offsets = naturals(node.path("data_offsets"), where, "data_offsets");
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw new ModelFileException(
            where + ": expected data_offsets [begin, end], got " + Excerpt.list(offsets));
      }
      Tensor.Dtype dtype = dtype(node.path("dtype"), where);
      Entry entry = new Entry(name, dtype, shape, offsets.get(0), offsets.get(1), fileName);
      entry.checkSize();
      return entry;
    }

    private static Tensor.Dtype dtype(JsonNode node, String where) {
      for (Tensor.Dtype dtype : Tensor.Dtype.values()) {
        if (dtype.name().equals(node.textValue())) {
          return dtype;
        }
      }
      throw new ModelFileException(
          where
              + ": expected dtype to be one of "
              + Arrays.toString(Tensor.Dtype.values())
              + ", got "
              + Excerpt.json(node));
    }

    private static List<Long> naturals(JsonNode node, String where, String what) {
      if (!node.isArray()) {
        throw new ModelFileException(
            where + ": expected " + what + " to be an array of numbers, got " + Excerpt.json(node));
      }
      List<Long> numbers = new ArrayList<>();
      for (JsonNode element : node) {
        if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
          throw new ModelFileException(
              where
                  + ": expected "
                  + what
                  + " to hold whole numbers of at least 0, got "
                  + Excerpt.json(element));
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
        throw broken("expected a size within 2^63 bytes, got shape " + Excerpt.list(shape));
      }
      if (bytes != end - begin) {
        throw broken(
            "expected "
                + bytes
                + " bytes ("
                + dtype
                + " of shape "
                + Excerpt.list(shape)
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
      return new ModelFileException(Excerpt.name(name) + " in " + fileName + ": " + message);
    }
  }
}
