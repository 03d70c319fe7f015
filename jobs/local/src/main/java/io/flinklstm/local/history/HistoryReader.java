package io.flinklstm.local.history;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.train.data.History;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Builds a history from records with the code that the job uses to read its topic: what would be a
 * dead letter there is refused here. Not thread-safe.
 */
public final class HistoryReader {

  /**
   * Records that were refused for the same reason.
   *
   * @param count how many
   * @param first what was wrong with the first of them
   */
  public record Refused(long count, String first) {}

  private final ObservationReader reader;
  private final History history;
  private final Map<RejectionCode, Refused> refused = new EnumMap<>(RejectionCode.class);

  /**
   * @param config whose {@code lstm.source.*} options describe the record format
   * @param fields the fields of the model card, in its order
   * @throws JobConfigurationException if the format has no place for one of the fields
   */
  public HistoryReader(ForecastJobConfig config, List<String> fields) {
    this.reader = ObservationReader.of(fields, RecordFormatLoader.load(config, fields));
    this.history = new History(fields.size());
  }

  /** Adds the record's observation to the history, or counts the record as refused. */
  public void add(SourceRecord record) {
    try {
      history.add(reader.parse(record));
    } catch (RejectedRecordException e) {
      refused.merge(
          e.rejection().code(),
          new Refused(1, e.rejection().message()),
          (before, now) -> new Refused(before.count() + 1, before.first()));
    }
  }

  /** Like {@link #add(SourceRecord)}, for a record from a Kafka consumer. */
  public void add(ConsumerRecord<byte[], byte[]> record) {
    add(ObservationDeserializer.source(record));
  }

  public History history() {
    return history;
  }

  /** What was refused, by reason. */
  public Map<RejectionCode, Refused> refused() {
    return Collections.unmodifiableMap(refused);
  }
}
