package io.flinklstm.stream;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.PrioritizedOperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/**
 * Checks the snapshot that an operator is restored from. With {@code
 * execution.checkpointing.snapshot-compression} Flink writes a checksum with every block of keys,
 * states and timers, but does not verify it on restore: a damaged key would give its state to
 * another, a damaged length could exhaust the heap. So the files are read here first.
 *
 * <p>Before the blocks, a file lists the names of its states, without a checksum. A damaged name
 * would lose that state, a damaged number of names the states after it, so the names must be
 * exactly those of the operator.
 *
 * <p>RocksDB checks its own files itself; snapshots without compression have nothing to check.
 */
public final class SnapshotCheck {

  private SnapshotCheck() {}

  /**
   * Call this when an operator is set up: its task then knows the snapshot, and no state has been
   * restored yet.
   *
   * @param keyed the names of all its keyed states and timers
   * @param operatorStates the names of all its operator states
   * @throws UncheckedIOException if the snapshot is damaged
   */
  public static void check(
      AbstractStreamOperator<?> operator, Set<String> keyed, Set<String> operatorStates) {
    check(operator, keyed, operatorStates, Set.of());
  }

  /**
   * Like {@link #check(AbstractStreamOperator, Set, Set)}, for an operator that got more states.
   *
   * @param newer the names of the operator states that older snapshots lack
   */
  public static void check(
      AbstractStreamOperator<?> operator,
      Set<String> keyed,
      Set<String> operatorStates,
      Set<String> newer) {
    try {
      checkFiles(operator, keyed, operatorStates, newer);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static void checkFiles(
      AbstractStreamOperator<?> operator,
      Set<String> keyed,
      Set<String> operatorStates,
      Set<String> newer)
      throws IOException {
    PrioritizedOperatorSubtaskState restored =
        operator
            .getContainingTask()
            .getEnvironment()
            .getTaskStateManager()
            .prioritizedOperatorState(operator.getOperatorID());
    ClassLoader classLoader = operator.getContainingTask().getUserCodeClassLoader();
    for (StateObjectCollection<KeyedStateHandle> handles :
        restored.getPrioritizedManagedKeyedState()) {
      for (KeyedStateHandle handle : handles) {
        if (handle instanceof KeyGroupsStateHandle file) {
          check(file, keyed, new KeyedBackendSerializationProxy<>(classLoader));
        }
      }
    }
    for (StateObjectCollection<OperatorStateHandle> handles :
        restored.getPrioritizedManagedOperatorState()) {
      for (OperatorStateHandle handle : handles) {
        check(handle, operatorStates, newer, new OperatorBackendSerializationProxy(classLoader));
      }
    }
  }

  private static void check(
      StreamStateHandle file, Set<String> states, KeyedBackendSerializationProxy<?> header)
      throws IOException {
    try (FSDataInputStream in = file.openInputStream()) {
      header.read(new DataInputViewStreamWrapper(in));
      checkNames(header.getStateMetaInfoSnapshots(), states, Set.of(), file);
      checkBlocks(in, file);
    }
  }

  private static void check(
      StreamStateHandle file,
      Set<String> states,
      Set<String> newer,
      OperatorBackendSerializationProxy header)
      throws IOException {
    try (FSDataInputStream in = file.openInputStream()) {
      header.read(new DataInputViewStreamWrapper(in));
      List<StateMetaInfoSnapshot> named = new ArrayList<>();
      named.addAll(header.getOperatorStateMetaInfoSnapshots());
      named.addAll(header.getBroadcastStateMetaInfoSnapshots());
      checkNames(named, states, newer, file);
      checkBlocks(in, file);
    }
  }

  private static void checkNames(
      List<StateMetaInfoSnapshot> named,
      Set<String> states,
      Set<String> newer,
      StreamStateHandle file)
      throws IOException {
    Set<String> missing = new TreeSet<>(states);
    for (StateMetaInfoSnapshot state : named) {
      if (!states.contains(state.getName()) && !newer.contains(state.getName())) {
        throw new IOException(
            "name of a state in "
                + where(file)
                + ": expected one of "
                + states
                + ", got "
                + state.getName()
                + "; the checkpoint or savepoint is damaged (restore an older one) or was written"
                + " by a newer release");
      }
      missing.remove(state.getName());
    }
    if (!missing.isEmpty()) {
      throw new IOException(
          "states in "
              + where(file)
              + ": expected all of "
              + states
              + ", got none named "
              + missing
              + "; the checkpoint or savepoint is damaged, restore an older one");
    }
  }

  private static void checkBlocks(FSDataInputStream in, StreamStateHandle file) throws IOException {
    try {
      new SnappyBlocks(new DataInputStream(new BufferedInputStream(in, 1 << 16))).check();
    } catch (IOException damage) {
      throw new IOException(
          "state in "
              + where(file)
              + ": "
              + damage.getMessage()
              + "; the checkpoint or savepoint is damaged, restore an older one",
          damage);
    }
  }

  private static String where(StreamStateHandle file) {
    return file.maybeGetPath().map(Object::toString).orElse("_metadata");
  }
}
