package io.flinklstm.format.pytorch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a safetensors file: named tensors and metadata.
 *
 * <p>The format [1]: eight bytes little-endian header length N, at most 100,000,000; N bytes of
 * UTF-8 JSON, an object that begins with <code>{</code> and may be padded with spaces; then the
 * tensors' bytes, little-endian and row-major. The header gives each tensor's dtype, shape and
 * data_offsets [begin, end) into those bytes; together the tensors cover them without overlaps or
 * gaps. {@code __metadata__} is an object of strings. Everything is checked against the file's real
 * size before anything is allocated.
 *
 * <p>[1] https://github.com/huggingface/safetensors#format
 */
public final class Safetensors {

  static final String METADATA = "__metadata__";

  private final Map<String, String> metadata;
  private final Map<String, Tensor> tensors;

  /** A file's content, in the order in which it is to be written. */
  public Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** The file's metadata, in its order; cannot be modified. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The tensors by name, in the file's order; cannot be modified. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Whether the bytes could be a safetensors file: a plausible header length and its brace. */
  public static boolean looksLike(byte[] file) {
    if (file.length <= 8 || file[8] != '{') {
      return false;
    }
    long headerLength = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    return headerLength >= SafetensorsReader.MIN_HEADER_LENGTH
        && headerLength <= Math.min(SafetensorsReader.MAX_HEADER_LENGTH, file.length - 8);
  }

  /**
   * Reads a file.
   *
   * @param file the whole file. Not modified, and shared by the tensors
   * @param fileName the file's name in messages
   * @throws ModelFileException if the file breaks a rule of the format
   */
  public static Safetensors read(byte[] file, String fileName) {
    return SafetensorsReader.read(file, fileName);
  }

  /** The file's bytes; reading them back gives the same content. */
  public byte[] write() {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = header.putObject(METADATA);
      metadata.forEach(node::put);
    }
    int offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", tensor.dtype().name());
      ArrayNode shape = node.putArray("shape");
      tensor.shape().forEach(shape::add);
      int end = Math.addExact(offset, tensor.data().limit());
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    // Padded with spaces, so that the tensors begin at a multiple of eight bytes.
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int headerLength = (json.length + 7) / 8 * 8;
    ByteBuffer file = ByteBuffer.allocate(8 + headerLength + offset).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(headerLength).put(json);
    while (file.position() < 8 + headerLength) {
      file.put((byte) ' ');
    }
    tensors.values().forEach(tensor -> file.put(tensor.data().duplicate().rewind()));
    return file.array();
  }
}
