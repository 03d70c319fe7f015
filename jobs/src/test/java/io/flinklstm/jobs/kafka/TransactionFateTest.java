package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionFateTest {

  private static final KafkaCommittable TRANSACTION =
      new KafkaCommittable(7, (short) 3, "id", null);

  @ParameterizedTest
  @CsvSource({
    "7, 3, true", // transaction.version 1
    "7, 4, true", // transaction.version 2
    "7, 5, false",
    "7, 2, false",
    "8, 3, false",
    "8, 4, false"
  })
  void aCommitIsProvenByProducerAndEpoch(long producer, int epoch, boolean committed) {
    assertThat(fate(TransactionState.COMPLETE_COMMIT, producer, epoch).committed())
        .isEqualTo(committed);
    assertThat(fate(TransactionState.PREPARE_COMMIT, producer, epoch).committed())
        .isEqualTo(committed);
  }

  @ParameterizedTest
  @EnumSource(
      value = TransactionState.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"COMPLETE_COMMIT", "PREPARE_COMMIT"})
  void noOtherStateProvesACommit(TransactionState state) {
    assertThat(fate(state, 7, 3).committed()).isFalse();
    assertThat(fate(state, 7, 4).committed()).isFalse();
  }

  @Test
  void saysWhatTheBrokerShows() {
    assertThat(fate(TransactionState.COMPLETE_ABORT, 7, 4).shown())
        .isEqualTo("CompleteAbort of producer 7 epoch 4");
  }

  /** A job must not end because credentials are being replaced or a coordinator is moving. */
  @Test
  void onlyWhatWouldStayRefusedIsAnAnswer() {
    assertThat(TransactionFate.isAnswer(new TransactionalIdNotFoundException("expired"))).isTrue();
    assertThat(TransactionFate.isAnswer(new UnsupportedVersionException("before 3.0"))).isTrue();
    assertThat(TransactionFate.isAnswer(new TransactionalIdAuthorizationException("no"))).isTrue();
    assertThat(TransactionFate.isAnswer(new SaslAuthenticationException("old"))).isFalse();
    assertThat(TransactionFate.isAnswer(new CoordinatorNotAvailableException("moves"))).isFalse();
    assertThat(TransactionFate.isAnswer(new TimeoutException("slow"))).isFalse();
  }

  private static TransactionFate fate(TransactionState state, long producer, int epoch) {
    return TransactionFate.of(
        TRANSACTION,
        new TransactionDescription(1, state, producer, epoch, 0, OptionalLong.empty(), Set.of()));
  }
}
