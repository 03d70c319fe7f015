package io.flinklstm.jobs.kafka;

import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Watermarks from observations only: a partition that receives only unusable records is as idle as
 * a silent one and must not hold back the others.
 */
public final class ObservationWatermarks implements WatermarkGenerator<ParsedRecord> {

  private final WatermarkGenerator<ParsedRecord> generator;

  public ObservationWatermarks(WatermarkGenerator<ParsedRecord> generator) {
    this.generator = generator;
  }

  @Override
  public void onEvent(ParsedRecord record, long eventTimestamp, WatermarkOutput output) {
    if (record.observation() != null) {
      generator.onEvent(record, eventTimestamp, output);
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    generator.onPeriodicEmit(output);
  }
}
