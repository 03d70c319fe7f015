package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.config.OnLostTransaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;

/** Tests the committer without a broker; LostTransactionsITCase uses one. */
class LossAwareCommitterTest {

  private static final KafkaCommittable TRANSACTION =
      new KafkaCommittable(7, (short) 3, "id", null);

  private final SimpleCounter lost = new SimpleCounter();
  private final List<String> signals = new ArrayList<>();

  @Test
  void passesOnWhatIsNoRefusal() throws Exception {
    commit(CommitRequest::retryLater);
    commit(CommitRequest::signalAlreadyCommitted);
    commit(request -> request.updateAndRetryLater(request.getCommittable()));
    commit(request -> request.signalFailedWithUnknownReason(new IOException("why")));
    commit(request -> signals.add("retries " + request.getNumberOfRetries()));
    assertThat(signals)
        .containsExactly(
            "retryLater", "alreadyCommitted", "updateAndRetryLater id", "unknown why", "retries 2");
    assertThat(lost.getCount()).isZero();
  }

  /** The job restarts and asks again. */
  @Test
  void failsWithoutCountingWhenTheBrokerDoesNotAnswer() {
    assertThatThrownBy(
            () -> commit(request -> request.signalFailedWithKnownReason(new IOException("fenced"))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("late: expected the broker to report the outcome of a transaction");
    assertThat(signals).isEmpty();
    assertThat(lost.getCount()).isZero();
  }

  private void commit(Consumer<CommitRequest<KafkaCommittable>> kafka) throws Exception {
    Properties nobody = new Properties();
    nobody.setProperty("bootstrap.servers", "localhost:9");
    nobody.setProperty("default.api.timeout.ms", "200");
    nobody.setProperty("request.timeout.ms", "100");
    Committer<KafkaCommittable> committer =
        new Committer<>() {
          @Override
          public void commit(Collection<CommitRequest<KafkaCommittable>> requests) {
            requests.forEach(kafka);
          }

          @Override
          public void close() {}
        };
    new LossAwareCommitter(committer, nobody, OnLostTransaction.FAIL, lost, "late")
        .commit(List.of(new Request()));
  }

  private final class Request implements CommitRequest<KafkaCommittable> {

    @Override
    public KafkaCommittable getCommittable() {
      return TRANSACTION;
    }

    @Override
    public int getNumberOfRetries() {
      return 2;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
      signals.add("known " + reason.getMessage());
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
      signals.add("unknown " + reason.getMessage());
    }

    @Override
    public void retryLater() {
      signals.add("retryLater");
    }

    @Override
    public void updateAndRetryLater(KafkaCommittable committable) {
      signals.add("updateAndRetryLater " + committable.getTransactionalId());
    }

    @Override
    public void signalAlreadyCommitted() {
      signals.add("alreadyCommitted");
    }
  }
}
