package io.flinklstm.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedObservationsTest {

  private static final long KEYS = 1000;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyKeyIsVisitedOnceBeforeAnyIsVisitedAgain(boolean uniform) {
    KeyedObservations observations = new KeyedObservations(KEYS, uniform);
    Set<String> keys = new HashSet<>();
    LongStream.range(0, KEYS).forEach(number -> keys.add(observations.map(number).key()));
    assertThat(keys).hasSize((int) KEYS);
  }

  @Test
  void thenAllAreVisitedAboutEquallyOften() {
    KeyedObservations observations = new KeyedObservations(KEYS, true);
    int[] visits = new int[(int) KEYS];
    LongStream.range(KEYS, 101 * KEYS).forEach(n -> visits[(int) observations.key(n)]++);
    for (int count : visits) {
      assertThat(count).isBetween(50, 150);
    }
  }
}
