package io.flinklstm.jobs.record.avro;

import io.flinklstm.formula.FieldPath;
import io.flinklstm.formula.FieldPath.Step;
import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.RecordLevels;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Type;
import org.jspecify.annotations.Nullable;

/** Checks that a schema has the fields that a draft needs. */
final class AvroPaths {

  private final ObservationDraft draft;
  private final AvroTypes types;

  AvroPaths(ObservationDraft draft, AvroTypes types) {
    this.draft = draft;
    this.types = types;
  }

  /**
   * @throws IllegalArgumentException if the schema lacks a field, or has one of an unusable type
   */
  void check(Schema schema) {
    RecordLevels levels = draft.slots.levels();
    List<Schema> value = values(List.of(schema));
    for (int level = 0; level <= levels.last(); level++) {
      for (int slot = 0; slot < draft.slots.count(); slot++) {
        FieldPath path = draft.slots.path(slot);
        if (path != null && path.isInValue() && draft.slots.level(slot) == level) {
          checkType(slot, walk(value, levels.within(path), path.toString()));
        }
      }
      if (level < levels.last()) {
        value = elements(walk(value, levels.array(level), levels.records()), levels.records());
      }
    }
  }

  private void checkType(int slot, List<Schema> values) {
    if (values.stream().noneMatch(value -> types.suits(slot, value))) {
      throw new IllegalArgumentException(
          "field "
              + draft.slots.name(slot)
              + ": expected "
              + types.expected(slot)
              + ", got "
              + (values.isEmpty() ? "null" : names(values)));
    }
  }

  private static String names(List<Schema> values) {
    return String.join(" or ", values.stream().map(AvroTypes::name).distinct().toList());
  }

  /** The types of the values at the end of some steps, without unions and null. */
  private static List<Schema> walk(List<Schema> from, List<Step> steps, String path) {
    List<Schema> values = from;
    for (Step step : steps) {
      List<Schema> next = values.stream().map(value -> part(value, step)).toList();
      if (next.stream().allMatch(part -> part == null)) {
        throw new IllegalArgumentException(
            "expected a field " + path + ", got " + parts(values, step));
      }
      values = values(next);
    }
    return values;
  }

  private static @Nullable Schema part(Schema value, Step step) {
    String name = step.name();
    return switch (value.getType()) {
      case RECORD -> {
        Schema.Field field = name == null ? null : value.getField(name);
        yield field == null ? null : field.schema();
      }
      case MAP -> name == null ? null : value.getValueType();
      case ARRAY -> name == null ? value.getElementType() : null;
      default -> null;
    };
  }

  /** What there is instead of a step. */
  private static String parts(List<Schema> values, Step step) {
    List<String> fields =
        values.stream()
            .filter(value -> value.getType() == Type.RECORD && step.name() != null)
            .flatMap(value -> value.getFields().stream())
            .map(Schema.Field::name)
            .toList();
    return fields.isEmpty() ? names(values) + " instead of " + step : fields.toString();
  }

  private static List<Schema> elements(List<Schema> values, String records) {
    List<Schema> arrays = values.stream().filter(value -> value.getType() == Type.ARRAY).toList();
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException(
          "lstm.source.records " + records + ": expected an array, got " + names(values));
    }
    List<Schema> elements = arrays.stream().map(Schema::getElementType).toList();
    if (elements.stream().allMatch(element -> AvroSkip.of(element).isEmpty())) {
      throw new IllegalArgumentException(
          "lstm.source.records " + records + ": expected elements of at least one byte, got none");
    }
    return values(elements);
  }

  /** The branches of unions, and other types as they are, without null. */
  private static List<Schema> values(List<@Nullable Schema> schemas) {
    List<Schema> values = new ArrayList<>();
    for (Schema schema : schemas) {
      if (schema != null) {
        (schema.isUnion() ? schema.getTypes() : List.of(schema))
            .stream().filter(type -> type.getType() != Type.NULL).forEach(values::add);
      }
    }
    return values;
  }
}
