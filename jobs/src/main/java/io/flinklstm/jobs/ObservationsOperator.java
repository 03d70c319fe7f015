package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.jobs.config.SourceTopics;
import io.flinklstm.jobs.kafka.ParsedRecord;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.stream.Ledger;
import io.flinklstm.stream.SnapshotCheck;
import java.util.Set;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link ObservationsFunction}, and emits the last watermark itself when the job is drained:
 * Flink loses it if the source is idle at that moment (FLINK-40499), and the observations waiting
 * for it would not be released.
 */
final class ObservationsOperator extends ProcessOperator<ParsedRecord, Observation> {

  private static final long serialVersionUID = 1L;

  /**
   * @param timeFormat of the time field, or null if the records' own timestamps are the event times
   * @param sourceUid uid of the source
   * @param topics that the source is to read
   */
  ObservationsOperator(@Nullable TimeFormat timeFormat, String sourceUid, SourceTopics topics) {
    super(new ObservationsFunction(timeFormat, sourceUid, topics));
  }

  @Override
  protected void setup(
      StreamTask<?, ?> task, StreamConfig config, Output<StreamRecord<Observation>> output) {
    super.setup(task, config, output);
    SnapshotCheck.check(this, Set.of(), Set.of(Ledger.STATE), Set.of(TopicsRead.STATE));
  }

  /** Called only when no more input will come: at the end of input and for a drain. */
  @Override
  public void finish() throws Exception {
    super.finish();
    output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    output.emitWatermark(Watermark.MAX_WATERMARK);
  }
}
