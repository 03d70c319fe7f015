package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;

/** Flips a bit in the files of a RocksDB checkpoint, which RocksDB checks itself. */
class RocksDbFlipsTest {

  private static final int FLIPS = 60;
  private static final List<Observation> TICKS = StreamFixtures.ticks(12, 400);

  @Test
  void noFlippedBitOfTheTablesGoesUnnoticed() throws Exception {
    OperatorSubtaskState snapshot;
    try (ForecastHarness harness = harness()) {
      harness.open();
      harness.predict(TICKS.subList(0, 200));
      snapshot = harness.snapshot();
    }
    List<String> undamaged = outcomes(snapshot);
    Random random = new Random(5);
    // Put together again without a flip, the snapshot restores unchanged.
    assertThat(outcomes(damaged(snapshot, random, 0))).isEqualTo(undamaged);
    int detected = 0;
    int silent = 0;
    for (int k = 0; k < FLIPS; k++) {
      try {
        silent += outcomes(damaged(snapshot, random, 1)).equals(undamaged) ? 0 : 1;
      } catch (Exception refused) {
        detected++;
      }
    }
    assertThat(silent).isZero();
    assertThat(detected).isGreaterThan(FLIPS / 2);
  }

  /** If a flip does not matter, as in the statistics of a table, the outcomes are the same. */
  private static List<String> outcomes(OperatorSubtaskState snapshot) throws Exception {
    try (ForecastHarness harness = harness()) {
      harness.restore(snapshot);
      return harness.predict(TICKS.subList(200, 400));
    }
  }

  private static ForecastHarness harness() throws Exception {
    return ForecastHarness.of(
        StreamFixtures.MODEL,
        ForecastSettings.of(StreamFixtures.MODEL.card()),
        new EmbeddedRocksDBStateBackend(true),
        1,
        1,
        0);
  }

  private static OperatorSubtaskState damaged(
      OperatorSubtaskState snapshot, Random random, int flipped) throws IOException {
    IncrementalRemoteKeyedStateHandle handle =
        (IncrementalRemoteKeyedStateHandle) snapshot.getManagedKeyedState().iterator().next();
    List<HandleAndLocalPath> tables = new ArrayList<>(handle.getSharedState());
    assertThat(tables).isNotEmpty();
    int victim = random.nextInt(tables.size());
    byte[] bytes = tables.get(victim).getHandle().asBytesIfInMemory().orElseThrow().clone();
    int bit = random.nextInt(8 * bytes.length);
    bytes[bit / 8] ^= (byte) (flipped << bit % 8);
    tables.set(
        victim,
        HandleAndLocalPath.of(
            new ByteStreamStateHandle("damaged", bytes), tables.get(victim).getLocalPath()));
    return snapshot.toBuilder()
        .setManagedKeyedState(
            StateObjectCollection.<KeyedStateHandle>singleton(
                new IncrementalRemoteKeyedStateHandle(
                    handle.getBackendIdentifier(),
                    handle.getKeyGroupRange(),
                    handle.getCheckpointId(),
                    tables,
                    handle.getPrivateState(),
                    handle.getMetaDataStateHandle())))
        .build();
  }
}
