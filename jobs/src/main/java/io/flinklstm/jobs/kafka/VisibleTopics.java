package io.flinklstm.jobs.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Describes topics, waiting for those the broker does not show yet: the controller acknowledges a
 * new topic before every broker knows it.
 */
public final class VisibleTopics {

  /** For a topic that someone else may have just created. */
  public static final Duration BRIEFLY = Duration.ofSeconds(2);

  private static final long PAUSE_MS = 50;

  private VisibleTopics() {}

  /**
   * Asks until the broker shows every topic, gives another answer, or the patience runs out.
   *
   * @param topics names
   * @param options of each request
   * @param patience how long a topic may stay unknown
   * @return by topic: the last answer; {@link UnknownTopicOrPartitionException} if the topic is
   *     still unknown
   */
  public static Map<String, KafkaFuture<TopicDescription>> describe(
      Admin admin, Collection<String> topics, DescribeTopicsOptions options, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Map<String, KafkaFuture<TopicDescription>> answers =
          admin.describeTopics(topics, options).topicNameValues();
      if (answers.values().stream().noneMatch(answer -> isUnknown(answer, deadline))
          || System.nanoTime() >= deadline
          || !pause()) {
        return answers;
      }
    }
  }

  /**
   * Lists the topics until one is wanted, the broker gives another answer, or the patience runs
   * out.
   *
   * @param patience how long no topic may be wanted
   * @return the last answer: the names of all topics that the broker shows
   */
  static KafkaFuture<Set<String>> list(Admin admin, Predicate<String> wanted, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      KafkaFuture<Set<String>> answer = admin.listTopics().names();
      if (!hasNone(answer, wanted, deadline) || System.nanoTime() >= deadline || !pause()) {
        return answer;
      }
    }
  }

  /** Whether no topic is wanted; waits for the answer until the deadline at most. */
  private static boolean hasNone(
      KafkaFuture<Set<String>> answer, Predicate<String> wanted, long deadline) {
    try {
      return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS).stream()
          .noneMatch(wanted);
    } catch (ExecutionException | TimeoutException unanswered) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits until the broker shows topics that were just created.
   *
   * @param topics names
   * @param patience how long a topic may stay unknown
   * @throws ExecutionException if a topic is still unknown then, or the broker does not answer
   */
  public static void await(Admin admin, Collection<String> topics, Duration patience)
      throws ExecutionException, InterruptedException {
    for (KafkaFuture<TopicDescription> answer :
        describe(admin, topics, new DescribeTopicsOptions(), patience).values()) {
      answer.get();
    }
  }

  /** Whether the topic is unknown; waits for the answer until the deadline at most. */
  private static boolean isUnknown(KafkaFuture<TopicDescription> answer, long deadline) {
    try {
      answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof UnknownTopicOrPartitionException;
    } catch (TimeoutException unanswered) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Pauses and returns true unless interrupted; the interrupt is left to whoever reads the answers.
   */
  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
