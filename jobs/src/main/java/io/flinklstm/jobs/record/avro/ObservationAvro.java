package io.flinklstm.jobs.record.avro;

import static java.util.Objects.requireNonNull;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.ElementFrame;
import io.flinklstm.jobs.record.Elements;
import io.flinklstm.jobs.record.FieldTree;
import io.flinklstm.jobs.record.LevelReader;
import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.json.RecordContext;
import io.flinklstm.jobs.registry.RegistrySettings;
import io.flinklstm.jobs.registry.SchemaCache;
import io.flinklstm.jobs.registry.SchemaRegistry;
import io.flinklstm.jobs.registry.UnusableSchemaException;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads observations from Avro records. A record is exactly one datum in Avro's binary encoding,
 * written with the configured schema, or framed with the id of its schema in a registry. Fields are
 * matched by name and unneeded ones are skipped.
 */
public final class ObservationAvro implements ObservationReader, LevelReader.Format {

  private static final int ONE_ITEM = 2; // as Avro encodes the number
  private static final int NO_MORE_ITEMS = 0;

  private final ObservationDraft draft;
  private final FieldTree[] trees; // by level
  private final AvroTypes types;
  private final AvroFields fields;
  private final LevelReader levels;
  private final @Nullable Schema schema; // of records without a frame; the reader's of others
  private final @Nullable SchemaCache<AvroPlan> plans; // by schema id; null for records without

  // Of the current record:
  private final AvroPart[] parts; // by level
  private String expected = "";

  /**
   * @param cardFields the fields of the model card, in its order
   * @param format the names and formats of the other fields, and the schema or its registry
   * @throws IllegalArgumentException if the schema is invalid, lacks a field, or has one of an
   *     unusable type
   */
  public ObservationAvro(List<String> cardFields, RecordFormat format) {
    draft = RecordContext.draft(cardFields, format);
    trees = FieldTree.byLevel(draft);
    types = new AvroTypes(draft);
    fields = new AvroFields(draft, types);
    levels = new LevelReader(draft, this);
    parts = new AvroPart[trees.length];
    RegistrySettings registry = format.encoding().registry();
    schema =
        registry != null && format.encoding().avroSchema().isEmpty()
            ? null
            : AvroSchemas.parseRecord(format.encoding().avroSchema());
    if (schema != null) {
      new AvroPaths(draft, types).check(schema);
    }
    if (registry == null) {
      plans = null;
      use(plan(requireNonNull(schema), null));
    } else {
      plans = plans(new SchemaRegistry(registry), registry.onFailure());
    }
    if (registry != null && schema != null && draft.slots.levels().last() > 0) {
      throw new IllegalArgumentException(
          "expected no reader's schema with lstm.source.records, whose elements keep the writer's,"
              + " got one");
    }
  }

  private SchemaCache<AvroPlan> plans(
      SchemaRegistry registry, RegistrySettings.OnFailure onFailure) {
    return new SchemaCache<>(
        id -> {
          Schema writer = registry.schema(id);
          return schema == null
              ? plan(writer, null)
              : plan(schema, new AvroResolution(writer, schema));
        },
        onFailure);
  }

  private AvroPlan plan(Schema datums, @Nullable AvroResolution resolution) {
    return new AvroPlan(
        AvroPart.of(datums, trees, types), "an Avro record " + datums.getFullName(), resolution);
  }

  private void use(AvroPlan plan) {
    parts[0] = plan.part();
    expected = plan.expected();
  }

  @Override
  public void read(SourceRecord record, Sink sink) {
    try {
      byte[] value = draft.begin(record, "Avro");
      if (value == null) {
        sink.skipped(record.position());
      } else if (plans == null) {
        readPlain(value, record, sink);
      } else {
        readFramed(value, plan(plans, ConfluentFrame.schemaId(value)), record, sink);
      }
    } catch (RejectedRecordException e) {
      sink.rejected(e.rejection(), record);
    }
  }

  private void readPlain(byte[] value, SourceRecord record, Sink sink)
      throws RejectedRecordException {
    try {
      levels.read(value, 0, ElementFrame.NONE, record, sink);
    } catch (RejectedRecordException e) {
      throw e.rejection().code() == RejectionCode.MALFORMED
          ? new RejectedRecordException(
              RejectionCode.MALFORMED, e.getMessage() + ConfluentFrame.hint(value))
          : e;
    }
  }

  private static AvroPlan plan(SchemaCache<AvroPlan> plans, int schemaId)
      throws RejectedRecordException {
    try {
      return plans.get(schemaId);
    } catch (UnusableSchemaException e) {
      throw new RejectedRecordException(
          e.isUnavailable() ? RejectionCode.SCHEMA_UNAVAILABLE : RejectionCode.MALFORMED,
          e.getMessage());
    }
  }

  private void readFramed(byte[] value, AvroPlan plan, SourceRecord record, Sink sink)
      throws RejectedRecordException {
    use(plan);
    AvroResolution resolution = plan.resolution();
    if (resolution != null) {
      byte[] resolved = resolution.resolve(value, ConfluentFrame.LENGTH);
      levels.read(resolved, 0, ElementFrame.NONE, record, sink);
    } else {
      levels.read(value, ConfluentFrame.LENGTH, ConfluentFrame.around(value), record, sink);
    }
  }

  @Override
  public void read(byte[] document, int start, int end, int level, @Nullable Elements inside)
      throws RejectedRecordException {
    fields.read(document, start, end, parts[level], inside, expected);
    if (inside != null && inside.isFound()) {
      parts[level + 1] = fields.element();
    }
  }

  @Override
  public ElementFrame frame(byte[] document, int start, int end, int level, ElementFrame outer)
      throws RejectedRecordException {
    ByteArrayOutputStream before = new ByteArrayOutputStream();
    before.writeBytes(outer.before());
    before.write(document, start, fields.arrayStart() - start);
    before.write(ONE_ITEM);
    ByteArrayOutputStream after = new ByteArrayOutputStream();
    after.write(NO_MORE_ITEMS);
    after.write(document, fields.arrayEnd(), end - fields.arrayEnd());
    after.writeBytes(outer.after());
    return ElementFrame.of(before, after);
  }
}
