package io.flinklstm.faults.ticks;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.jobs.record.json.PredictionLines;
import io.flinklstm.math.KernelType;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Compares a job's output with a plain loop over {@link Forecaster#advance}: every record of the
 * input topic has exactly one outcome, and every prediction has exactly the bytes that the loop
 * gives.
 */
public final class OutcomeCheck {

  /**
   * The expected outcome of a record.
   *
   * @param topic that it goes to
   * @param value of the record in that topic, or null
   * @param code of a dead letter, or null
   */
  private record Expected(String topic, byte[] value, String code) {}

  private final String bootstrapServers;
  private final TickRecords records;
  private final Forecaster forecaster;
  private final Map<String, StreamState> states = new HashMap<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final PredictionLines lines = new PredictionLines(line);

  private final List<List<Expected>> expected = new ArrayList<>(); // by partition and offset
  private final List<boolean[]> seen = new ArrayList<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private long twice;
  private long different;
  private String problem;

  public OutcomeCheck(String bootstrapServers, TickRecords records, ForecastModel model) {
    this.bootstrapServers = bootstrapServers;
    this.records = records;
    // A different kernel from the job's: the bits must be the same nevertheless.
    this.forecaster = new Forecaster(model, KernelType.PLAIN.create());
  }

  /** Reads all topics. Call it only once. */
  public Verdict run() {
    Topics.read(bootstrapServers, Topics.TICKS, this::expect);
    expected.forEach(partition -> seen.add(new boolean[partition.size()]));
    for (String topic : Topics.ALL) {
      if (!topic.equals(Topics.TICKS)) {
        counts.put(topic, 0L);
        Topics.read(bootstrapServers, topic, this::check);
      }
    }
    long lost = 0;
    for (int p = 0; p < seen.size(); p++) {
      for (int offset = 0; offset < seen.get(p).length; offset++) {
        if (!seen.get(p)[offset]) {
          lost++;
          note("nothing for " + p + "@" + offset);
        }
      }
    }
    return new Verdict(
        expected.stream().mapToLong(List::size).sum(),
        counts.get(Topics.PREDICTIONS),
        counts.get(Topics.LATE),
        counts.get(Topics.DUPLICATES),
        counts.get(Topics.DEAD_LETTERS),
        lost,
        twice,
        different,
        problem);
  }

  private void expect(ConsumerRecord<byte[], byte[]> record) {
    while (expected.size() <= record.partition()) {
      expected.add(new ArrayList<>());
    }
    List<Expected> partition = expected.get(record.partition());
    TickRecords.Tick tick = records.tick(Long.parseLong(Topics.header(record, TickFeed.NUMBER)));
    if (record.offset() != partition.size() || !Arrays.equals(record.value(), tick.value())) {
      throw new IllegalStateException(
          "input topic: expected what was sent, got something else at "
              + record.partition()
              + "@"
              + record.offset());
    }
    partition.add(tick.observation() == null ? unusable(tick) : outcome(tick, record));
  }

  private static Expected unusable(TickRecords.Tick tick) {
    return new Expected(Topics.DEAD_LETTERS, tick.value(), tick.defect().name());
  }

  private Expected outcome(TickRecords.Tick tick, ConsumerRecord<byte[], byte[]> record) {
    Observation plain = tick.observation();
    SourcePosition position =
        new SourcePosition(record.topic(), record.partition(), record.offset());
    Observation observation =
        new Observation(
            plain.key(),
            plain.eventTime(),
            plain.values(),
            plain.sequence(),
            new SourceRecord(position, SourceRecord.NO_TIMESTAMP, null, null, List.of()));
    Outcome outcome =
        forecaster.advance(
            observation, states.computeIfAbsent(plain.key(), key -> forecaster.newState()));
    if (outcome instanceof Prediction prediction) {
      line.reset();
      lines.accept(prediction);
      byte[] json = line.toByteArray();
      return new Expected(Topics.PREDICTIONS, Arrays.copyOf(json, json.length - 1), null);
    }
    if (outcome instanceof Rejection rejection) {
      return new Expected(Topics.DEAD_LETTERS, tick.value(), rejection.code().name());
    }
    return new Expected(
        outcome == Outcome.Late.LATE ? Topics.LATE : Topics.DUPLICATES, tick.value(), null);
  }

  private void check(ConsumerRecord<byte[], byte[]> record) {
    boolean deadLetter = record.topic().equals(Topics.DEAD_LETTERS);
    String prefix = deadLetter ? "__flink.errors." : "__flink.source.";
    int partition = Integer.parseInt(Topics.header(record, prefix + "partition"));
    int offset = Integer.parseInt(Topics.header(record, prefix + "offset"));
    if (seen.get(partition)[offset]) {
      twice++;
      note("a second outcome of " + partition + "@" + offset + " in " + record.topic());
    } else {
      counts.merge(record.topic(), 1L, Long::sum);
    }
    seen.get(partition)[offset] = true;
    Expected outcome = expected.get(partition).get(offset);
    if (!outcome.topic().equals(record.topic())
        || !Arrays.equals(outcome.value(), record.value())
        || deadLetter && !Topics.header(record, prefix + "code").equals(outcome.code())) {
      different++;
      note(
          "for "
              + partition
              + "@"
              + offset
              + " expected in "
              + outcome.topic()
              + " "
              + text(outcome.value())
              + ", got in "
              + record.topic()
              + " "
              + text(record.value()));
    }
  }

  private static String text(byte[] value) {
    return value == null ? "null" : new String(value, java.nio.charset.StandardCharsets.UTF_8);
  }

  private void note(String first) {
    problem = problem == null ? first : problem;
  }
}
