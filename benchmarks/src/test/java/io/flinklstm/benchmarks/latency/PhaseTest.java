package io.flinklstm.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhaseTest {

  @Test
  void knowsWhenEveryTickIsDue() {
    Phase phase = new Phase(1000, 300, 5_000_000_000L, 200);
    assertThat(phase.dueNanos(1000)).isEqualTo(5_000_000_000L);
    assertThat(phase.dueNanos(1001)).isEqualTo(5_005_000_000L);
    assertThat(phase.dueNanos(1200)).isEqualTo(6_000_000_000L);
    assertThat(phase.contains(999)).isFalse();
    assertThat(phase.contains(1000)).isTrue();
    assertThat(phase.contains(1299)).isTrue();
    assertThat(phase.contains(1300)).isFalse();
  }
}
