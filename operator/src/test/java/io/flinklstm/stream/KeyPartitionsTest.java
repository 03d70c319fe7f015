package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;

class KeyPartitionsTest {

  private static final int MANY_KEYS = 100_000; // each slot has several

  private final Counter counter = new SimpleCounter();
  private final List<String> warnings = new ArrayList<>();
  private KeyPartitions partitions = new KeyPartitions(false, counter, warnings::add);
  private long offset;

  private void look(String key, String topic, int partition) {
    look(key, new SourcePosition(topic, partition, offset++));
  }

  private void look(String key, SourcePosition position) {
    partitions.look(
        new Observation(
            key,
            1000,
            new double[] {51.5},
            0,
            new SourceRecord(position, 1000, null, null, List.of())));
  }

  @Test
  void warnsOnceOfAKeyInTwoPartitionsAndCountsTheOthers() {
    look("A", "ticks", 0);
    look("A", "ticks", 1);
    look("A", "ticks", 0);
    look("B", "ticks", 1);
    look("B", "ticks", 0);
    look("C", "ticks", 1);
    look("C", "ticks", 1);
    assertThat(warnings)
        .containsExactly(
            "partition of key A: expected one for all its records, got ticks-0@0 and ticks-1@1;"
                + " there is no order between them, and records that fall behind are late. Send"
                + " each key to one partition, or set max-out-of-orderness (metric"
                + " keysInSeveralPartitions counts)");
    assertThat(counter.getCount()).isEqualTo(2);
  }

  @Test
  void twoTopicsAreTwoPartitions() {
    look("A", "ticks-eu", 0);
    look("A", "ticks-us", 0);
    assertThat(warnings).hasSize(1).first().asString().contains("ticks-eu-0@0 and ticks-us-0@1");
    assertThat(counter.getCount()).isEqualTo(1);
  }

  @Test
  void countsWithoutAWarningWhereObservationsWaitForEachOther() {
    partitions = new KeyPartitions(true, counter, warnings::add);
    look("A", "ticks", 0);
    look("A", "ticks", 1);
    assertThat(warnings).isEmpty();
    assertThat(counter.getCount()).isEqualTo(1);
  }

  @Test
  void showsTheBeginningOfAKeyWithControlCharactersEscaped() {
    String key = "A\n" + "x".repeat(500);
    look(key, "ticks", 0);
    look(key, "ticks", 1);
    assertThat(warnings).hasSize(1).first().asString().startsWith("partition of key A\\u000axxx");
    assertThat(warnings.get(0)).contains("... of 502 characters:").doesNotContain("\n");
  }

  @Test
  void elementsOfARecordAreInOnePartition() {
    SourcePosition record = new SourcePosition("ticks", 3, 7);
    for (int index = 0; index < 5; index++) {
      look("A", record.element(index));
    }
    assertThat(counter.getCount()).isZero();
  }

  @Test
  void observationsWithoutARecordAreNotLookedAt() {
    for (int k = 0; k < 5; k++) {
      partitions.look(new Observation("A", k, new double[] {51.5}, 0, null));
    }
    assertThat(counter.getCount()).isZero();
  }

  @Test
  void takesNoKeyForAnother() {
    assertThat("AaAa").hasSameHashCodeAs("BBBB");
    for (int round = 0; round < 600; round++) {
      look("AaAa", "ticks", 0);
      look("BBBB", "ticks", 1);
    }
    for (int round = 0; round < 3; round++) {
      for (int key = 0; key < MANY_KEYS; key++) {
        look("key" + key, "ticks", key % 7);
      }
    }
    assertThat(warnings).isEmpty();
    assertThat(counter.getCount()).isZero();
  }

  @Test
  void noticesRecordsSpreadOverPartitionsAmongManyKeys() {
    for (int round = 0; round < 2; round++) {
      for (int key = 0; key < MANY_KEYS; key++) {
        look("key" + key, "ticks", (key + round) % 7);
      }
    }
    assertThat(warnings).hasSize(1);
    assertThat(counter.getCount()).isGreaterThan(1000);
  }

  @Test
  void keysOfOneSlotTakeTurns() {
    for (int round = 0; round < 300; round++) {
      look("AaAa", "ticks", 0); // is there first, always in one partition
      look("BBBB", "ticks", round % 2);
    }
    assertThat(warnings).hasSize(1).first().asString().startsWith("partition of key BBBB: ");
  }
}
