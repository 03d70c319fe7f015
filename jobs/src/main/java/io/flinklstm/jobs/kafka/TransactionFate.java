package io.flinklstm.jobs.kafka;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * The outcome of a transaction that the broker refuses to commit. A sink that never reuses a
 * transactional id can look it up: the id still shows its last transaction.
 *
 * @param committed whether the transaction was provably committed before
 * @param shown what the broker reports about it, for messages
 */
record TransactionFate(boolean committed, String shown) {

  /**
   * Asks the broker for the outcome.
   *
   * @throws ExecutionException if the broker gives no answer now but may on another attempt
   */
  static TransactionFate of(KafkaCommittable transaction, Admin admin)
      throws ExecutionException, InterruptedException {
    String id = transaction.getTransactionalId();
    try {
      return of(transaction, admin.describeTransactions(Set.of(id)).description(id).get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException refusal && isAnswer(refusal)) {
        return new TransactionFate(false, refusal.toString());
      }
      throw e;
    }
  }

  /** Whether another attempt would get the same answer. */
  static boolean isAnswer(ApiException refusal) {
    return refusal instanceof TransactionalIdNotFoundException
        || !(refusal instanceof RetriableException || refusal instanceof AuthenticationException);
  }

  /**
   * The producer epoch tells transactions apart: a broker with transaction.version 2 raises it by
   * one with each commit, an older broker leaves it, and both raise it when they abort a
   * transaction that timed out. So a commit at either epoch can only be this transaction's.
   */
  static TransactionFate of(KafkaCommittable transaction, TransactionDescription shown) {
    boolean commit =
        shown.state() == TransactionState.COMPLETE_COMMIT
            || shown.state() == TransactionState.PREPARE_COMMIT;
    int raised = shown.producerEpoch() - transaction.getEpoch();
    return new TransactionFate(
        commit && shown.producerId() == transaction.getProducerId() && (raised == 0 || raised == 1),
        shown.state() + " of producer " + shown.producerId() + " epoch " + shown.producerEpoch());
  }
}
