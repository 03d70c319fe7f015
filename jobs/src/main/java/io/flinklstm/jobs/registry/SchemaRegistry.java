package io.flinklstm.jobs.registry;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.flinklstm.jobs.registry.RegistryAnswer.Reference;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** A schema registry with Confluent's interface. Not thread-safe. */
public final class SchemaRegistry {

  /** A schema may use so many others. */
  private static final int MAX_REFERENCES = 1000;

  private static final int NOT_FOUND = 404;
  private static final int BAD_REQUEST = 400;
  private static final int UNPROCESSABLE = 422;

  private final RegistrySettings settings;
  private final RegistryConnection connection;

  public SchemaRegistry(RegistrySettings settings) {
    this(settings, new RegistryConnection(settings));
  }

  SchemaRegistry(RegistrySettings settings, RegistryConnection connection) {
    this.settings = settings;
    this.connection = connection;
  }

  /**
   * Asks whether a server answers.
   *
   * @throws RegistryException if none does, or it is no schema registry
   */
  public void check() {
    String path = "/schemas/types";
    requireSuccess(connection.ask(path, null, Math.max(2, settings.urls().size())), path);
  }

  /**
   * The schema of an id.
   *
   * @throws UnusableSchemaException if the registry has none, or it is no Avro schema
   * @throws RegistryException if the registry does not answer
   */
  public Schema schema(int id) throws UnusableSchemaException {
    String path = "/schemas/ids/" + id;
    RegistryAnswer answer = connection.ask(path, null, RegistryConnection.TRIES);
    if (isUnknown(answer) || isNoId(answer)) {
      throw UnusableSchemaException.unavailable(
          "schema id " + id + ": expected a schema in the registry, got " + answer.shown());
    }
    requireSuccess(answer, path);
    return parse("schema id " + id, answer);
  }

  /** Some registries refuse what cannot be an id of theirs. */
  private static boolean isNoId(RegistryAnswer answer) {
    return answer.status() == BAD_REQUEST || answer.status() == UNPROCESSABLE;
  }

  /** A registry gives a code of its own; other servers at a wrong address do not. */
  private static boolean isUnknown(RegistryAnswer answer) {
    return answer.status() == NOT_FOUND && answer.errorCode() != 0;
  }

  private Schema parse(String what, RegistryAnswer answer) throws UnusableSchemaException {
    String type = answer.schemaType();
    String text = answer.schema();
    if (type != null && !type.equals("AVRO") || text == null) {
      throw new UnusableSchemaException(
          what + ": expected an Avro schema, got " + (text == null ? "none" : type));
    }
    try {
      Schema.Parser parser = new Schema.Parser();
      Set<Reference> known = new HashSet<>();
      for (Reference reference : answer.references()) {
        parse(reference, parser, known);
      }
      return parser.parse(text);
    } catch (AvroRuntimeException e) {
      throw new UnusableSchemaException(what + ": expected an Avro schema, got: " + e.getMessage());
    }
  }

  /** Parses a schema that others use, after those that it uses itself. */
  private void parse(Reference reference, Schema.Parser parser, Set<Reference> known)
      throws UnusableSchemaException {
    if (!known.add(reference)) {
      return;
    }
    String what = "version " + reference.version() + " of subject " + reference.subject();
    if (known.size() > MAX_REFERENCES) {
      throw new UnusableSchemaException(
          what + ": expected at most " + MAX_REFERENCES + " references between schemas, got more");
    }
    String path = "/subjects/" + encoded(reference.subject()) + "/versions/" + reference.version();
    RegistryAnswer answer = connection.ask(path, null, RegistryConnection.TRIES);
    if (isUnknown(answer)) {
      throw UnusableSchemaException.unavailable(
          what + ": expected a schema in the registry, got " + answer.shown());
    }
    requireSuccess(answer, path);
    for (Reference inner : answer.references()) {
      parse(inner, parser, known);
    }
    parser.parse(String.valueOf(answer.schema()));
  }

  /**
   * Registers a schema unless the subject has it already.
   *
   * @return its id
   * @throws RegistryException if the registry does not answer, or refuses
   */
  public int register(String subject, String schema) {
    String path = "/subjects/" + encoded(subject) + "/versions";
    String body =
        "{\"schema\":\""
            + new String(JsonStringEncoder.getInstance().quoteAsString(schema))
            + "\"}";
    RegistryAnswer answer = connection.ask(path, body, RegistryConnection.TRIES);
    if (!answer.isSuccess() || answer.id() < 0) {
      throw new RegistryException(
          settings.prefix()
              + "url: expected the registry to take the schema as subject "
              + subject
              + ", got "
              + answer.shown());
    }
    return answer.id();
  }

  private static String encoded(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void requireSuccess(RegistryAnswer answer, String path) {
    if (!answer.isSuccess()) {
      throw new RegistryException(
          settings.prefix()
              + "url: expected a schema registry that answers to "
              + path
              + " at "
              + String.join(",", settings.urls())
              + ", got "
              + answer.shown());
    }
  }
}
