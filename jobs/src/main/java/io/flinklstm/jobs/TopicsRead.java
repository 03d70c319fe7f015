package io.flinklstm.jobs;

import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.SourceTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.jspecify.annotations.Nullable;

/**
 * The topics that the source reads, in operator state. A restored Kafka source goes on reading the
 * partitions in its own state, whatever topics it is configured with (FLINK-34089); here that stops
 * the job.
 *
 * <p>An entry is the uid of the source, a slash, and a topic. Only entries of the current uid
 * count: a source with another uid has other state. The first subtask keeps what was restored, so
 * the entries do not multiply.
 */
final class TopicsRead {

  /** The name of the operator state. */
  static final String STATE = "topics";

  private final String sourceUid;
  private final SourceTopics configured;
  private final ListState<String> state;
  private final Set<String> topics = new TreeSet<>(); // what this subtask stores
  private @Nullable String last; // of the last record, to compare references

  /**
   * @throws SuppressRestartsException if the restored source reads a topic that is not configured
   */
  TopicsRead(
      FunctionInitializationContext context,
      TaskInfo task,
      String sourceUid,
      SourceTopics configured)
      throws Exception {
    this.sourceUid = sourceUid;
    this.configured = configured;
    state =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>(STATE, StringSerializer.INSTANCE));
    Set<String> restored = new TreeSet<>();
    for (String entry : state.get()) {
      int slash = entry.lastIndexOf('/');
      if (entry.substring(0, slash).equals(sourceUid)) {
        restored.add(entry.substring(slash + 1));
      }
    }
    check(restored);
    if (task.getIndexOfThisSubtask() == 0) {
      topics.addAll(restored);
      topics.addAll(configured.names());
    }
  }

  /**
   * A record of a topic arrives.
   *
   * @throws SuppressRestartsException if the topic is not configured
   */
  void read(String topic) {
    if (topic != last) {
      last = topic;
      if (topics.add(topic)) {
        check(topics);
      }
    }
  }

  /** A restart would restore the same state. */
  private void check(Set<String> restored) {
    List<String> others = restored.stream().filter(topic -> !configured.includes(topic)).toList();
    if (!others.isEmpty()) {
      throw new SuppressRestartsException(new IllegalStateException(message(restored, others)));
    }
  }

  private String message(Set<String> restored, List<String> others) {
    Set<String> all = new TreeSet<>(restored);
    all.addAll(configured.names());
    return "topics in the restored state of "
        + sourceUid
        + ": expected only those of "
        + configured
        + ", got "
        + String.join(", ", restored)
        + "; the source would go on reading "
        + String.join(", ", others)
        + ". Give the topics of the state ("
        + ForecastJobOptions.SOURCE_TOPIC.key()
        + ": "
        + String.join(", ", restored)
        + "), or "
        + (configured.pattern() == null
            ? "all (" + ForecastJobOptions.SOURCE_TOPIC.key() + ": " + String.join(", ", all) + ")"
            : "a pattern that matches these too")
        + ". To leave "
        + String.join(", ", others)
        + " for good and keep the state of every stream, give "
        + ForecastJobOptions.SOURCE_UID.key()
        + " another name and restore with --allowNonRestoredState: the source then starts at "
        + ForecastJobOptions.STARTING_OFFSETS.key();
  }

  void snapshot() throws Exception {
    List<String> entries = new ArrayList<>();
    topics.forEach(topic -> entries.add(sourceUid + "/" + topic));
    state.update(entries);
  }
}
