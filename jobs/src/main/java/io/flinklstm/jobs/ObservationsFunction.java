package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.jobs.config.SourceTopics;
import io.flinklstm.jobs.kafka.ParsedRecord;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.Ledger;
import io.flinklstm.stream.Ledger.Entry;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.RejectionCounters;
import io.flinklstm.stream.StreamTypes;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records read and what became of them, forwards the observations, and sends the dead
 * letters to a side output. A record with several observations arrives element by element.
 */
final class ObservationsFunction extends ProcessFunction<ParsedRecord, Observation>
    implements Ledger.Keeper, ResultTypeQueryable<Observation> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ObservationsFunction.class);

  /** If so many records are all skipped, the condition is probably wrong. */
  private static final int ALL_SKIPPED = 1000;

  private final @Nullable TimeFormat timeFormat;
  private final String sourceUid;
  private final SourceTopics topics;

  private transient Ledger ledger;
  private transient TopicsRead topicsRead;
  private transient RejectionCounters deadLetters;
  private transient Counter skipped;
  private transient Set<RejectionCode> known; // codes that were logged
  private transient boolean onlySkipped; // all elements of the current record so far
  private transient ClockCheck clocks;

  /**
   * @param timeFormat of the time field, or null if the records' own timestamps are the event times
   * @param sourceUid uid of the source
   * @param topics that the source is to read
   */
  ObservationsFunction(@Nullable TimeFormat timeFormat, String sourceUid, SourceTopics topics) {
    this.timeFormat = timeFormat;
    this.sourceUid = sourceUid;
    this.topics = topics;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    topicsRead = new TopicsRead(context, getRuntimeContext().getTaskInfo(), sourceUid, topics);
    ledger =
        new Ledger(
            context,
            getRuntimeContext(),
            List.of(
                Entry.READ,
                Entry.SKIPPED,
                Entry.UNUSABLE,
                Entry.USABLE,
                Entry.OBSERVATIONS,
                Entry.REJECTED,
                Entry.DEAD_LETTERS));
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Ledger.Keeper.super.snapshotState(context);
    topicsRead.snapshot();
  }

  @Override
  public void open(OpenContext openContext) {
    MetricGroup lstm = getRuntimeContext().getMetricGroup().addGroup("lstm");
    deadLetters = new RejectionCounters(lstm);
    skipped = lstm.counter("skipped");
    known = EnumSet.noneOf(RejectionCode.class);
    clocks = new ClockCheck(timeFormat, lstm);
  }

  @Override
  public void close() {
    if (ledger != null) {
      ledger.logAtCleanStop(() -> ledger.balance(Ledger.RECORDS));
    }
  }

  @Override
  public void processElement(ParsedRecord record, Context context, Collector<Observation> out) {
    Observation observation = record.observation();
    DeadLetter deadLetter = record.deadLetter();
    SourcePosition position = record.position();
    if (position != null) {
      topicsRead.read(position.topic());
    }
    boolean whole = position == null || position.index() == SourcePosition.WHOLE_RECORD;
    count(
        whole,
        position == null || position.index() <= 0,
        deadLetter != null,
        record.skipped() != null);
    if (observation != null) {
      clocks.look(observation);
      out.collect(observation);
    } else if (deadLetter != null) {
      deadLetters.count(deadLetter.rejection().code());
      logFirst(deadLetter);
      context.output(LstmForecastFunction.DEAD_LETTERS, deadLetter);
    }
  }

  /**
   * A record counts as skipped until one of its elements is not. Chained to the source, as it is by
   * default, all its elements arrive between two checkpoints, so no snapshot sees it change.
   *
   * @param whole whether this is a record rather than one element of it
   * @param first whether nothing of the record came before
   */
  private void count(boolean whole, boolean first, boolean isDeadLetter, boolean isSkipped) {
    if (first) {
      ledger.add(Entry.READ, 1);
      onlySkipped = true;
    }
    if (isSkipped) {
      skipped.inc();
      if (first) {
        ledger.add(Entry.SKIPPED, 1);
        warnIfAllAreSkipped();
      }
      return;
    }
    if (!first && onlySkipped) {
      ledger.add(Entry.SKIPPED, -1);
    }
    boolean unusable = whole && isDeadLetter;
    if (onlySkipped) {
      ledger.add(unusable ? Entry.UNUSABLE : Entry.USABLE, 1);
      onlySkipped = false;
    }
    if (isDeadLetter) {
      ledger.add(Entry.DEAD_LETTERS, 1);
      if (!unusable) {
        ledger.add(Entry.OBSERVATIONS, 1);
        ledger.add(Entry.REJECTED, 1);
      }
    }
  }

  private void warnIfAllAreSkipped() {
    if (ledger.get(Entry.SKIPPED) == ALL_SKIPPED && ledger.get(Entry.READ) == ALL_SKIPPED) {
      LOG.warn(
          "lstm.source.where: expected records that meet it, got none among the first {}; a"
              + " comparison with a field that is missing is false",
          ALL_SKIPPED);
    }
  }

  /** The first dead letter of each kind is usually a wrong option. */
  private void logFirst(DeadLetter deadLetter) {
    if (known.add(deadLetter.rejection().code())) {
      LOG.warn(
          "First dead letter {} of this task, from {}: {}",
          deadLetter.rejection().code(),
          deadLetter.source() == null ? "no record" : deadLetter.source().position(),
          deadLetter.rejection().message());
    }
  }

  @Override
  public TypeInformation<Observation> getProducedType() {
    return StreamTypes.OBSERVATION;
  }
}
