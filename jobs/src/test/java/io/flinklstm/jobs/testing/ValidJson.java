package io.flinklstm.jobs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Says which bytes can be an element of a JSON array. */
public final class ValidJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private ValidJson() {}

  /** Whether a value, which may be null, is one valid element, so that it breaks no array. */
  public static boolean is(byte[] value) {
    if (value == null) {
      return false;
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      return !text.startsWith("\uFEFF") && !MAPPER.readTree(text).isMissingNode();
    } catch (IOException e) {
      return false;
    }
  }
}
