package io.flinklstm.local.ticks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadLetterCountsTest {

  private final DeadLetterCounts counts = new DeadLetterCounts();

  @Test
  void nothingIsNothing() {
    assertThat(counts.isEmpty()).isTrue();
    assertThat(counts).hasToString("0 dead letters, 0 left out");
  }

  @Test
  void oneIsOne() {
    counts.sent("ticks", true);
    assertThat(counts.isEmpty()).isFalse();
    assertThat(counts).hasToString("1 dead letter to ticks, 0 left out");
  }

  @Test
  void whatIsLeftOutHasAReason() {
    counts.sent("ticks", true);
    counts.sent("ticks", false);
    counts.sent("trades", true);
    counts.cut();
    counts.cut();
    counts.otherCode();
    counts.repeated();
    counts.noDeadLetter();
    assertThat(counts)
        .hasToString(
            "3 dead letters to ticks and trades, 1 of them with a new timestamp, 5 left out"
                + " (2 cut, 1 of other codes, 1 repeated, 1 not dead letters)");
  }

  @Test
  void leftOutAloneIsSomethingToo() {
    counts.cut();
    assertThat(counts.isEmpty()).isFalse();
    assertThat(counts).hasToString("0 dead letters, 1 left out (1 cut)");
  }
}
