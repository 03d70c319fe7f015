package io.flinklstm.jobs.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a registry answered; its JSON may have these fields.
 *
 * @param status of HTTP
 * @param schema its text
 * @param schemaType null means Avro
 * @param references to schemas that the text uses
 * @param id of a schema, or -1
 * @param errorCode the registry's own, or 0 if it did not give one
 * @param message why it refused
 */
record RegistryAnswer(
    int status,
    @Nullable String schema,
    @Nullable String schemaType,
    List<Reference> references,
    int id,
    int errorCode,
    @Nullable String message) {

  private static final JsonFactory JSON = new JsonFactory();

  /** A version of a subject. */
  record Reference(String subject, int version) {}

  /**
   * Parses an answer.
   *
   * @throws IOException if a successful answer is not a JSON object
   */
  static RegistryAnswer of(int status, byte[] body) throws IOException {
    try (JsonParser parser = JSON.createParser(body)) {
      return parse(status, parser);
    } catch (IOException e) {
      if (status < 300) {
        throw e;
      }
      return new RegistryAnswer(status, null, null, List.of(), -1, 0, null);
    }
  }

  private static RegistryAnswer parse(int status, JsonParser parser) throws IOException {
    String schema = null;
    String type = null;
    String message = null;
    int id = -1;
    int code = 0;
    List<Reference> references = new ArrayList<>();
    if (parser.nextToken() == JsonToken.START_OBJECT) {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        switch (name) {
          case "schema" -> schema = parser.getValueAsString();
          case "schemaType" -> type = parser.getValueAsString();
          case "message" -> message = parser.getValueAsString();
          case "id" -> id = parser.getValueAsInt(-1);
          case "error_code" -> code = parser.getValueAsInt();
          case "references" -> references(parser, references);
          default -> {}
        }
        parser.skipChildren();
      }
    } else {
      parser.skipChildren();
    }
    return new RegistryAnswer(status, schema, type, references, id, code, message);
  }

  private static void references(JsonParser parser, List<Reference> into) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return;
    }
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String subject = "";
      int version = -1;
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        if (name.equals("subject")) {
          subject = parser.getValueAsString("");
        } else if (name.equals("version")) {
          version = parser.getValueAsInt(-1);
        }
        parser.skipChildren();
      }
      into.add(new Reference(subject, version));
    }
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** For messages. */
  String shown() {
    return "HTTP " + status + (message == null ? "" : ": " + message);
  }
}
