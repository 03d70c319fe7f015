package io.flinklstm.jobs.record;

import io.flinklstm.jobs.registry.RegistrySettings;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format of the records with observations: how a value is written, which of it is meant, and
 * where it holds the stream's name, the event time, the sequence number and the model's fields.
 *
 * @param names of the fields besides the model's
 * @param selection which parts of the records are observations
 * @param times how event times are written, and which are plausible
 * @param encoding how a value is written
 */
public record RecordFormat(FieldNames names, Selection selection, Times times, Encoding encoding)
    implements Serializable {

  /**
   * The fields besides the model's, as {@link io.flinklstm.formula.FieldPath}s.
   *
   * @param key the fields whose values, joined, name the stream; empty for the record key
   * @param keyConstant the name of the only stream, or null if records name it
   * @param time field with the event time, or null for the record timestamp
   * @param sequence field with the sequence number, or null for none
   */
  public record FieldNames(
      List<String> key,
      @Nullable String keyConstant,
      @Nullable String time,
      @Nullable String sequence)
      implements Serializable {

    public FieldNames {
      key = List.copyOf(key);
    }
  }

  /**
   * Which parts of the records are observations.
   *
   * @param records the path of the observations in a record that holds several, or null for one per
   *     record
   * @param where the {@link Condition} that observations meet; others are skipped. Null for all
   * @param parse fields whose text is JSON
   * @param lenientNumbers whether a text may stand for the number in it
   */
  public record Selection(
      @Nullable String records, @Nullable String where, List<String> parse, boolean lenientNumbers)
      implements Serializable {

    /** Every record is one observation. */
    public static final Selection ALL = new Selection(null, null, List.of(), true);

    public Selection {
      parse = List.copyOf(parse);
    }
  }

  /**
   * The event times.
   *
   * @param format of the time field
   * @param maxAhead how far a time may be ahead of the record timestamp
   * @param earliest the first usable time, in epoch milliseconds
   */
  public record Times(TimeFormat format, Duration maxAhead, long earliest)
      implements Serializable {}

  /**
   * How values are written.
   *
   * @param format JSON, CSV or Avro
   * @param csvColumns the names of the CSV columns, in order; empty for other formats
   * @param avroSchema Avro's writer schema, as JSON; with a registry the reader's, or empty for the
   *     writer's; empty for other formats
   * @param registry of the schemas whose ids the records begin with, or null for records without
   */
  public record Encoding(
      ValueFormat format,
      List<String> csvColumns,
      String avroSchema,
      @Nullable RegistrySettings registry)
      implements Serializable {

    /** JSON, or another format before its columns or schema are known. */
    public static Encoding of(ValueFormat format) {
      return new Encoding(format, List.of(), "", null);
    }
  }

  /**
   * The format of JSON records with one observation each, at any time from 1970 on.
   *
   * @param keyField field with the stream's name, or null for the record key
   */
  public RecordFormat(
      @Nullable String keyField,
      @Nullable String timeField,
      TimeFormat timeFormat,
      @Nullable String sequenceField,
      Duration maxAhead) {
    this(
        new FieldNames(
            keyField == null ? List.of() : List.of(keyField), null, timeField, sequenceField),
        Selection.ALL,
        new Times(timeFormat, maxAhead, 0),
        Encoding.of(ValueFormat.JSON));
  }

  /** The format of the time field. */
  public TimeFormat timeFormat() {
    return times.format;
  }

  /** How values are written. */
  public ValueFormat valueFormat() {
    return encoding.format;
  }

  /** The same fields in CSV with these columns. */
  public RecordFormat asCsv(List<String> columns) {
    return written(new Encoding(ValueFormat.CSV, List.copyOf(columns), "", null));
  }

  /** The same fields in Avro, written with this schema. */
  public RecordFormat asAvro(String schema) {
    return written(new Encoding(ValueFormat.AVRO, List.of(), schema, null));
  }

  /**
   * The same fields in Avro, in Confluent's wire format.
   *
   * @param readerSchema that the writers' schemas are resolved to, or empty for none
   */
  public RecordFormat asFramedAvro(String readerSchema, RegistrySettings schemas) {
    return written(new Encoding(ValueFormat.AVRO, List.of(), readerSchema, schemas));
  }

  private RecordFormat written(Encoding other) {
    return new RecordFormat(names, selection, times, other);
  }

  /** The same format for event times from this one on, in epoch milliseconds. */
  public RecordFormat since(long earliest) {
    return new RecordFormat(
        names, selection, new Times(times.format, times.maxAhead, earliest), encoding);
  }

  /** The same records, of which other parts are observations. */
  public RecordFormat selecting(Selection other) {
    return new RecordFormat(names, other, times, encoding);
  }

  /** The same records, in which other fields name the stream. */
  public RecordFormat named(FieldNames others) {
    return new RecordFormat(others, selection, times, encoding);
  }
}
