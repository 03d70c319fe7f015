package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class VisibleTopicsTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private int requests;

  @Test
  void asksAgainUntilTheBrokerShowsEveryTopic() throws Exception {
    Admin admin = brokerThatShows(Map.of("old", 0, "young", 3));
    var answers =
        VisibleTopics.describe(admin, List.of("old", "young"), new DescribeTopicsOptions(), LONG);
    assertThat(answers.get("old").get().name()).isEqualTo("old");
    assertThat(answers.get("young").get().name()).isEqualTo("young");
    assertThat(requests).isEqualTo(4);
  }

  @Test
  void saysThatATopicIsUnknownWhenThePatienceIsOver() {
    Admin admin = brokerThatShows(Map.of("never", Integer.MAX_VALUE));
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> VisibleTopics.await(admin, List.of("never"), Duration.ofMillis(120)))
        .withCauseInstanceOf(UnknownTopicOrPartitionException.class);
    assertThat(requests).isGreaterThan(1);
  }

  /**
   * @param after by topic: for how many requests it stays unknown
   */
  private Admin brokerThatShows(Map<String, Integer> after) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              Map<String, KafkaFuture<TopicDescription>> answers = new LinkedHashMap<>();
              for (Object name : (Iterable<?>) arguments[0]) {
                answers.put((String) name, answer((String) name, requests < after.get(name)));
              }
              requests++;
              return new DescribeTopicsResult(null, answers) {};
            });
  }

  private static KafkaFuture<TopicDescription> answer(String name, boolean unknown) {
    KafkaFutureImpl<TopicDescription> answer = new KafkaFutureImpl<>();
    if (unknown) {
      answer.completeExceptionally(new UnknownTopicOrPartitionException(name));
    } else {
      answer.complete(new TopicDescription(name, false, List.of()));
    }
    return answer;
  }
}
