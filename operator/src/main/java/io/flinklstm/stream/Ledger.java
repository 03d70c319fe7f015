package io.flinklstm.stream;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what became of every record since the job first started. A subtask keeps its counts in
 * operator state, so they survive restarts and cover the same records as the rest of the state.
 *
 * <p>Each count is also a Flink accumulator, {@code lstm.predictions} and so on; the web interface
 * and the job's result show its sum over all subtasks. After a restart the first subtask holds all
 * counts so far, so only the sum over the subtasks is meaningful.
 */
public final class Ledger {

  /** What is counted. The order is part of the stored form: append new entries at the end. */
  public enum Entry {
    /** Records read. */
    READ,
    /** Observations, and elements of records that were meant to be some. */
    OBSERVATIONS,
    PREDICTIONS,
    LATE,
    DUPLICATES,
    /** Records and elements that could not be used, in any step. */
    DEAD_LETTERS,
    /** Observations that are waiting for the watermark. */
    BUFFERED,
    /** Keys that currently have a state. */
    ACTIVE_KEYS,
    /** Records that are not meant: the condition skips them, or they hold no observation. */
    SKIPPED,
    /** Records that could not be parsed. */
    UNUSABLE,
    /** Records with one observation or several. */
    USABLE,
    /** Observations that could not be used, in any step. */
    REJECTED;

    /** The accumulator's name. */
    public String accumulator() {
      String[] words = name().toLowerCase(Locale.ROOT).split("_");
      StringBuilder camelCase = new StringBuilder("lstm.").append(words[0]);
      for (int k = 1; k < words.length; k++) {
        camelCase
            .append(words[k].substring(0, 1).toUpperCase(Locale.ROOT))
            .append(words[k].substring(1));
      }
      return camelCase.toString();
    }
  }

  /**
   * An identity that holds at every checkpoint.
   *
   * @param left is the sum of the others
   */
  public record Identity(Entry left, List<Entry> right) {}

  /** What became of every record. */
  public static final Identity RECORDS =
      new Identity(Entry.READ, List.of(Entry.SKIPPED, Entry.UNUSABLE, Entry.USABLE));

  /** What became of every observation. */
  public static final Identity OUTCOMES =
      new Identity(
          Entry.OBSERVATIONS,
          List.of(Entry.PREDICTIONS, Entry.LATE, Entry.DUPLICATES, Entry.REJECTED, Entry.BUFFERED));

  /** The name of the operator state. */
  public static final String STATE = "ledger";

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  /** A function whose ledger is stored with each snapshot. */
  public interface Keeper extends CheckpointedFunction, CheckpointListener {

    Ledger ledger();

    @Override
    default void snapshotState(FunctionSnapshotContext context) throws Exception {
      ledger().snapshot();
    }

    @Override
    default void notifyCheckpointComplete(long checkpointId) {
      ledger().snapshotCompleted();
    }
  }

  private final TaskInfo task;
  private final long[] counts = new long[Entry.values().length];
  private final LongCounter[] accumulators = new LongCounter[counts.length];
  private final ListState<long[]> state;
  private long[] atSnapshot = counts.clone();
  private boolean snapshotCompleted;

  /**
   * Continues the counts of the restored state, if there is one.
   *
   * @param entries what this function counts
   */
  public Ledger(
      FunctionInitializationContext initialization, RuntimeContext context, List<Entry> entries)
      throws Exception {
    task = context.getTaskInfo();
    state =
        initialization
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(STATE, LongPrimitiveArraySerializer.INSTANCE));
    if (task.getIndexOfThisSubtask() == 0) {
      for (long[] restored : state.get()) {
        for (int k = 0; k < Math.min(restored.length, counts.length); k++) {
          counts[k] += restored[k];
        }
      }
    }
    for (Entry entry : entries) {
      LongCounter accumulator = context.getLongCounter(entry.accumulator());
      accumulator.add(counts[entry.ordinal()]);
      accumulators[entry.ordinal()] = accumulator;
    }
  }

  public void add(Entry entry, long number) {
    counts[entry.ordinal()] += number;
    accumulators[entry.ordinal()].add(number);
  }

  public long get(Entry entry) {
    return counts[entry.ordinal()];
  }

  /** The restored count over all subtasks; valid only before the first snapshot. */
  long restored(Entry entry) throws Exception {
    long sum = 0;
    for (long[] restored : state.get()) {
      sum += entry.ordinal() < restored.length ? restored[entry.ordinal()] : 0;
    }
    return sum;
  }

  void snapshot() throws Exception {
    atSnapshot = counts.clone();
    snapshotCompleted = false;
    state.update(List.of(atSnapshot));
  }

  void snapshotCompleted() {
    snapshotCompleted = true;
  }

  /** Whether the last snapshot completed and holds all counts, as it does at a clean stop. */
  boolean isStored() {
    return snapshotCompleted && Arrays.equals(counts, atSnapshot);
  }

  /** Logs the balance at a clean stop, but not if the task fails or is cancelled. */
  public void logAtCleanStop(Supplier<String> balance) {
    if (isStored()) {
      LOG.info(
          "Subtask {} of {}: {}",
          task.getIndexOfThisSubtask() + 1,
          task.getNumberOfParallelSubtasks(),
          balance.get());
    }
  }

  /** {@code left 5 = right 4 + right 1}, with the names of the accumulators. */
  public String balance(Identity identity) {
    Map<String, Long> values = new TreeMap<>();
    for (Entry entry : Entry.values()) {
      values.put(entry.accumulator(), get(entry));
    }
    return balance(values, identity);
  }

  /** Both balances of a whole job, from the sums of its accumulators. */
  public static String balance(Map<String, ?> sums) {
    return balance(sums, RECORDS) + "; " + balance(sums, OUTCOMES);
  }

  private static String balance(Map<String, ?> values, Identity identity) {
    StringBuilder line = new StringBuilder(term(values, identity.left));
    String separator = " = ";
    for (Entry entry : identity.right) {
      line.append(separator).append(term(values, entry));
      separator = " + ";
    }
    return line.toString();
  }

  private static String term(Map<String, ?> values, Entry entry) {
    String name = entry.accumulator();
    Object value = values.get(name);
    return name.substring("lstm.".length()) + " " + (value == null ? 0 : value);
  }
}
