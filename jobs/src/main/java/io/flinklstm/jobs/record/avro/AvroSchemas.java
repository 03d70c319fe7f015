package io.flinklstm.jobs.record.avro;

import static java.util.Objects.requireNonNull;

import io.flinklstm.jobs.record.EpochUnit;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Avro schemas of observations. */
public final class AvroSchemas {

  private static final String NAMESPACE = "io.flinklstm";

  private AvroSchemas() {}

  /**
   * Parses the schema of a record.
   *
   * @throws IllegalArgumentException if the text is not the schema of a record
   */
  static Schema parseRecord(String text) {
    Schema schema;
    try {
      schema = new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException("expected an Avro schema, got: " + e.getMessage(), e);
    }
    if (schema.getType() != Schema.Type.RECORD) {
      throw new IllegalArgumentException(
          "expected the schema of a record, got " + schema.getType().getName());
    }
    return schema;
  }

  /** The schema of predictions. */
  public static String ofPredictions() {
    try (InputStream schema = AvroSchemas.class.getResourceAsStream("/schemas/prediction.avsc")) {
      return new Schema.Parser().parse(requireNonNull(schema)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The schema of observations with exactly the required fields: key, time and sequence, if they
   * are fields, then the fields of the model card as doubles.
   *
   * @throws IllegalArgumentException if Avro does not allow a field's name, or a field would have
   *     two types
   */
  public static String ofObservations(RecordFormat format, List<String> fields) {
    Map<String, Schema> types = new LinkedHashMap<>();
    format.names().key().forEach(key -> put(types, key, Schema.create(Schema.Type.STRING)));
    put(types, format.names().time(), timeType(format.timeFormat()));
    put(types, format.names().sequence(), Schema.create(Schema.Type.LONG));
    for (String field : fields) {
      put(types, field, Schema.create(Schema.Type.DOUBLE));
    }
    try {
      List<Schema.Field> schemaFields =
          types.entrySet().stream()
              .map(type -> new Schema.Field(type.getKey(), type.getValue()))
              .toList();
      return Schema.createRecord("Observation", null, NAMESPACE, false, schemaFields).toString();
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException(
          "expected field names that Avro allows, got: " + e.getMessage(), e);
    }
  }

  private static void put(Map<String, Schema> types, @Nullable String field, Schema type) {
    if (field == null) {
      return;
    }
    Schema other = types.put(field, type);
    if (other != null) {
      throw new IllegalArgumentException(
          "expected a schema, got none, and field "
              + field
              + " would have to be both "
              + other.getType().getName()
              + " and "
              + type.getType().getName());
    }
  }

  /** Avro's own logical type where it has one, so that other readers of the topic see a time. */
  private static Schema timeType(TimeFormat format) {
    Schema number = Schema.create(Schema.Type.LONG);
    EpochUnit unit = format.unit();
    if (unit == null) {
      return Schema.create(Schema.Type.STRING);
    }
    return switch (unit) {
      case MS -> LogicalTypes.timestampMillis().addToSchema(number);
      case US -> LogicalTypes.timestampMicros().addToSchema(number);
      case NS -> LogicalTypes.timestampNanos().addToSchema(number);
      case S -> number;
    };
  }
}
