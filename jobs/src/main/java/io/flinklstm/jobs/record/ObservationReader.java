package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourceRecord;
import java.util.List;

/**
 * Reads observations from records of one format. A reader belongs to one task thread and serves all
 * of its records. Not thread-safe.
 */
public interface ObservationReader {

  /**
   * @throws RejectedRecordException if the record cannot be used
   */
  Observation parse(SourceRecord record) throws RejectedRecordException;

  /**
   * The reader of a format.
   *
   * @param fields the fields of the model card, in its order
   * @throws IllegalArgumentException if the format's columns or schema lack a field or cannot be
   *     used
   */
  static ObservationReader of(List<String> fields, RecordFormat format) {
    return switch (format.valueFormat()) {
      case JSON -> new ObservationJson(fields, format);
      case CSV -> new ObservationCsv(fields, format);
      case AVRO -> new ObservationAvro(fields, format);
    };
  }
}
