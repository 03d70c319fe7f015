package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.stream.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class ObservationWatermarksTest {

  @Test
  void onlyObservationsCountAsActivity() {
    List<Long> seen = new ArrayList<>();
    WatermarkGenerator<ParsedRecord> recorder =
        new WatermarkGenerator<>() {
          @Override
          public void onEvent(ParsedRecord record, long timestamp, WatermarkOutput output) {
            seen.add(timestamp);
          }

          @Override
          public void onPeriodicEmit(WatermarkOutput output) {
            output.emitWatermark(new Watermark(7));
          }
        };
    ObservationWatermarks watermarks = new ObservationWatermarks(recorder);
    Rejection rejection = new Rejection(RejectionCode.MALFORMED, "expected this, got that");
    watermarks.onEvent(ParsedRecord.of(new DeadLetter("parse", rejection, null, null)), 1, null);
    watermarks.onEvent(ParsedRecord.of(Observation.of("k", 2, 1)), 2, null);
    assertThat(seen).containsExactly(2L);
  }
}
