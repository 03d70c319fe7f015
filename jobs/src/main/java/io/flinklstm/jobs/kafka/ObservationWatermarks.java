package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.Observation;
import io.flinklstm.stream.DeadLetter;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.types.Either;

/**
 * Watermarks from observations only: a partition that receives only unusable records is as idle as
 * a silent one and must not hold back the others.
 */
public final class ObservationWatermarks
    implements WatermarkGenerator<Either<Observation, DeadLetter>> {

  private final WatermarkGenerator<Either<Observation, DeadLetter>> generator;

  public ObservationWatermarks(WatermarkGenerator<Either<Observation, DeadLetter>> generator) {
    this.generator = generator;
  }

  @Override
  public void onEvent(
      Either<Observation, DeadLetter> record, long eventTimestamp, WatermarkOutput output) {
    if (record.isLeft()) {
      generator.onEvent(record, eventTimestamp, output);
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    generator.onPeriodicEmit(output);
  }
}
