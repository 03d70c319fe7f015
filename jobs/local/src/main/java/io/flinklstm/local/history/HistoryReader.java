package io.flinklstm.local.history;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
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
  private final Rows sink = new Rows();
  private final History history;
  private final Map<RejectionCode, Refused> refused = new EnumMap<>(RejectionCode.class);

  /**
   * @param config whose {@code lstm.source.*} options describe the record format
   * @param fields the fields of the model card, in its order
   * @throws JobConfigurationException if the format has no place for one of the fields
   */
  public HistoryReader(ForecastJobConfig config, List<String> fields) {
    this(RecordFormatLoader.load(config, fields), fields);
  }

  private HistoryReader(RecordFormat format, List<String> fields) {
    this.reader = RecordCodecs.reader(fields, format);
    this.history = new History(fields.size());
  }

  /** A reader for records made from files, whose times may be before 1970. */
  static HistoryReader ofFiles(ForecastJobConfig config, List<String> fields) {
    return new HistoryReader(RecordFormatLoader.load(config, fields).since(Long.MIN_VALUE), fields);
  }

  /** Adds the record's observations to the history, or counts what is refused. */
  public void add(SourceRecord record) {
    reader.read(record, sink);
  }

  /** Like {@link #add(SourceRecord)}, for a record from a Kafka consumer. */
  public void add(ConsumerRecord<byte[], byte[]> record) {
    add(ObservationDeserializer.source(record));
  }

  public History history() {
    return history;
  }

  /** The number of records, or elements of records, that are not meant. */
  public long skipped() {
    return sink.skipped;
  }

  /** What was refused, by reason. */
  public Map<RejectionCode, Refused> refused() {
    return Collections.unmodifiableMap(refused);
  }

  private final class Rows implements ObservationReader.Sink {

    private long skipped;

    @Override
    public void observation(Observation observation) {
      history.add(observation);
    }

    @Override
    public void rejected(Rejection rejection, SourceRecord record) {
      refused.merge(
          rejection.code(),
          new Refused(1, rejection.message()),
          (before, now) -> new Refused(before.count() + 1, before.first()));
    }

    @Override
    public void skipped(SourcePosition position) {
      skipped++;
    }
  }
}
