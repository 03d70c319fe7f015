package io.flinklstm.benchmarks.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThroughputTest {

  private static final List<Sample> SAMPLES =
      List.of(
          new Sample(0, 0, 0),
          new Sample(90, 900, 1000), // still warming up
          new Sample(110, 1_000_000_000L, 2_000_000_000L),
          new Sample(150, 1_500_000_000L, 2_200_000_000L),
          new Sample(190, 2_000_000_000L, 6_000_000_000L),
          new Sample(200, 9_000_000_000L, 9_000_000_000L)); // nothing left to do

  @Test
  void isTheSlopeFromTheWarmUpToTheLastBusyMoment() {
    Throughput throughput = Throughput.of(SAMPLES, 100, 200);
    assertThat(throughput.perCpuSecond()).isEqualTo(80);
    assertThat(throughput.perSecond()).isEqualTo(20);
  }

  @Test
  void refusesToGuessFromOneSample() {
    assertThatThrownBy(() -> Throughput.of(SAMPLES, 160, 200))
        .hasMessageContaining("expected two or more between 160 and 200 events, got 1");
  }
}
