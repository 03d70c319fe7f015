package io.flinklstm.jobs.config;

import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.PredictionWriter;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.ValueFormat;
import io.flinklstm.jobs.record.avro.ObservationAvro;
import io.flinklstm.jobs.record.avro.PredictionAvro;
import io.flinklstm.jobs.record.csv.ObservationCsv;
import io.flinklstm.jobs.record.csv.PredictionCsv;
import io.flinklstm.jobs.record.json.ObservationJson;
import io.flinklstm.jobs.record.json.PredictionJson;
import java.util.List;

/** The readers and writers of every record format. */
public final class RecordCodecs {

  private RecordCodecs() {}

  /**
   * The reader of a format.
   *
   * @param fields the fields of the model card, in its order
   * @throws IllegalArgumentException if the format's columns or schema lack a field or cannot be
   *     used, or an option of the format is wrong
   */
  public static ObservationReader reader(List<String> fields, RecordFormat format) {
    return switch (format.valueFormat()) {
      case JSON -> new ObservationJson(fields, format);
      case CSV -> new ObservationCsv(fields, format);
      case AVRO -> new ObservationAvro(fields, format);
    };
  }

  /** The writer of a value format. */
  public static PredictionWriter writer(ValueFormat format) {
    return switch (format) {
      case JSON -> new PredictionJson();
      case CSV -> new PredictionCsv();
      case AVRO -> new PredictionAvro();
    };
  }

  /** The writer of Avro in Confluent's wire format. */
  public static PredictionWriter framedWriter(int schemaId) {
    return new PredictionAvro(schemaId);
  }
}
