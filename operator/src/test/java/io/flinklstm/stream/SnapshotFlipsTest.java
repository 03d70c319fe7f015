package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flips a bit anywhere in a snapshot of the heap backend. */
class SnapshotFlipsTest {

  private static final int FLIPS_OF_KEYED = 10_000;
  private static final int FLIPS_OF_OPERATOR = 2_000;
  private static final List<Ledger.Entry> LEDGER =
      List.of(
          Ledger.Entry.OBSERVATIONS,
          Ledger.Entry.PREDICTIONS,
          Ledger.Entry.BUFFERED,
          Ledger.Entry.ACTIVE_KEYS);
  private static final List<Observation> TICKS = StreamFixtures.ticks(12, 120);
  private static final List<Observation> MORE = StreamFixtures.ticks(12, 200).subList(120, 200);

  private static OperatorSubtaskState snapshot;
  private static List<String> undamaged;

  @BeforeAll
  static void takeSnapshot() throws Exception {
    try (ForecastHarness harness = harness()) {
      harness.open();
      harness.processWatermark(TICKS.get(0).eventTime());
      harness.predict(TICKS.subList(0, 90));
      harness.processWatermark(TICKS.get(80).eventTime());
      harness.predict(TICKS.subList(90, 120));
      snapshot = harness.snapshot();
    }
    try (ForecastHarness harness = harness()) {
      harness.restore(snapshot);
      undamaged = outcomes(harness);
    }
    assertThat(undamaged).hasSizeGreaterThan(60);
  }

  @Test
  void saysWhatToDoAboutADamagedBlock() throws Exception {
    KeyGroupsStateHandle handle =
        (KeyGroupsStateHandle) snapshot.getManagedKeyedState().iterator().next();
    byte[] damaged = bytes(handle.getDelegateStateHandle()).clone();
    damaged[damaged.length - 1] ^= 1;
    ForecastHarness harness = harness();
    assertThatThrownBy(() -> harness.restore(keyed(handle, damaged)))
        .hasMessageContaining("expected a block")
        .hasMessageContaining("restore an older one");
    harness.getEnvironment().close();
  }

  @Test
  void saysWhatToDoAboutADamagedName() throws Exception {
    KeyGroupsStateHandle handle =
        (KeyGroupsStateHandle) snapshot.getManagedKeyedState().iterator().next();
    byte[] damaged = bytes(handle.getDelegateStateHandle()).clone();
    String text = new String(damaged, StandardCharsets.ISO_8859_1);
    damaged[text.indexOf("\0\6stream") + 2] ^= 1;
    ForecastHarness harness = harness();
    assertThatThrownBy(() -> harness.restore(keyed(handle, damaged)))
        .hasMessageContaining("got rtream")
        .hasMessageContaining("restore an older one");
    harness.getEnvironment().close();
  }

  @Test
  void noFlippedBitOfTheKeyedStateGoesUnnoticedIfItMatters() throws Exception {
    KeyGroupsStateHandle handle =
        (KeyGroupsStateHandle) snapshot.getManagedKeyedState().iterator().next();
    byte[] bytes = bytes(handle.getDelegateStateHandle());
    flip(bytes, FLIPS_OF_KEYED, damaged -> keyed(handle, damaged));
  }

  private static OperatorSubtaskState keyed(KeyGroupsStateHandle handle, byte[] damaged) {
    return snapshot.toBuilder()
        .setManagedKeyedState(
            StateObjectCollection.<KeyedStateHandle>singleton(
                new KeyGroupsStateHandle(handle.getGroupRangeOffsets(), file(damaged))))
        .build();
  }

  @Test
  void noFlippedBitOfTheOperatorStateGoesUnnoticedIfItMatters() throws Exception {
    OperatorStateHandle handle = snapshot.getManagedOperatorState().iterator().next();
    byte[] bytes = bytes(handle.getDelegateStateHandle());
    flip(
        bytes,
        FLIPS_OF_OPERATOR,
        damaged ->
            snapshot.toBuilder()
                .setManagedOperatorState(
                    StateObjectCollection.<OperatorStateHandle>singleton(
                        new OperatorStreamStateHandle(
                            handle.getStateNameToPartitionOffsets(), file(damaged))))
                .build());
  }

  /**
   * A flip is noticed, or the outcomes are those of the undamaged snapshot: the bit is never read,
   * or its block still decodes to the same bytes.
   */
  private static void flip(byte[] bytes, int flips, Damage damage) throws Exception {
    try (ForecastHarness harness = harness()) {
      // Put together again without a flip, the snapshot restores unchanged.
      harness.restore(damage.with(bytes.clone()));
      assertThat(outcomes(harness)).isEqualTo(undamaged);
    }
    Random random = new Random(11);
    int detected = 0;
    List<String> silent = new ArrayList<>();
    for (int k = 0; k < flips; k++) {
      int bit = random.nextInt(8 * bytes.length);
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      try (ForecastHarness harness = harness()) {
        harness.restore(damage.with(damaged));
        if (!outcomes(harness).equals(undamaged)) {
          silent.add("bit " + bit % 8 + " of byte " + bit / 8);
        }
      } catch (Exception | OutOfMemoryError refused) {
        // Flink itself reads the header, which has no checksum, and may believe a length in it.
        detected++;
      }
    }
    assertThat(silent).isEmpty();
    assertThat(detected).isGreaterThan(flips * 98 / 100);
  }

  private interface Damage {
    OperatorSubtaskState with(byte[] damaged);
  }

  private static List<String> outcomes(ForecastHarness harness) throws Exception {
    List<String> outcomes = new ArrayList<>(harness.predict(List.of()));
    harness.processWatermark(TICKS.get(100).eventTime());
    outcomes.addAll(harness.predict(MORE));
    harness.processWatermark(MORE.get(79).eventTime() + 100_000);
    outcomes.addAll(harness.predict(List.of()));
    for (Ledger.Entry entry : LEDGER) {
      outcomes.add(entry + " " + harness.count(entry));
    }
    outcomes.add(harness.numEventTimeTimers() + " timers");
    outcomes.add(harness.numKeyedStateEntries() + " entries");
    return outcomes;
  }

  private static ForecastHarness harness() throws Exception {
    ForecastHarness harness =
        ForecastHarness.of(
            StreamFixtures.MODEL,
            new ForecastSettings(
                new StreamPolicy(null, ModelCard.GapPolicy.KEEP, Duration.ofMinutes(1)),
                Duration.ofMillis(400),
                1000,
                KernelType.PLAIN,
                OnModelChange.FAIL),
            new HashMapStateBackend(),
            1,
            1,
            0);
    harness.getExecutionConfig().setUseSnapshotCompression(true);
    return harness;
  }

  private static ByteStreamStateHandle file(byte[] bytes) {
    return new ByteStreamStateHandle("damaged", bytes);
  }

  private static byte[] bytes(StreamStateHandle handle) throws Exception {
    return handle.asBytesIfInMemory().orElseThrow();
  }
}
