package io.flinklstm.jobs.kafka;

import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.OnLostTransaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits Kafka transactions, and asks the broker for the outcome of those it refuses to commit.
 * After a crash a refusal is normal: the transaction was committed just before. Otherwise the
 * broker has aborted it, and its output is lost.
 */
final class LossAwareCommitter implements Committer<KafkaCommittable> {

  private static final Logger LOG = LoggerFactory.getLogger(LossAwareCommitter.class);

  private final Committer<KafkaCommittable> kafka;
  private final Properties adminProperties;
  private final OnLostTransaction onLost;
  private final Counter lostTransactions;
  private final String sink;

  /**
   * @param kafka the committer that does the work
   * @param adminProperties of the client that asks the broker
   * @param sink name of the sink
   */
  LossAwareCommitter(
      Committer<KafkaCommittable> kafka,
      Properties adminProperties,
      OnLostTransaction onLost,
      Counter lostTransactions,
      String sink) {
    this.kafka = kafka;
    this.adminProperties = adminProperties;
    this.onLost = onLost;
    this.lostTransactions = lostTransactions;
    this.sink = sink;
  }

  @Override
  public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
      throws IOException, InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    List<CommitRequest<KafkaCommittable>> watched = new ArrayList<>();
    requests.forEach(request -> watched.add(new WatchedRequest(request, refusals)));
    kafka.commit(watched);
    if (!refusals.isEmpty()) {
      // This case is rare, so no client is kept open for it.
      try (Admin admin = Admin.create(adminProperties)) {
        settle(refusals, admin);
      } catch (ExecutionException e) {
        throw new IOException(
            sink
                + ": expected the broker to report the outcome of a transaction, got "
                + e.getCause(),
            e);
      }
    }
  }

  private void settle(List<Refusal> refusals, Admin admin)
      throws ExecutionException, InterruptedException {
    List<String> lost = new ArrayList<>();
    for (Refusal refusal : refusals) {
      KafkaCommittable transaction = refusal.request.getCommittable();
      TransactionFate fate = TransactionFate.of(transaction, admin);
      if (fate.committed()) {
        LOG.info(
            "{}: transaction {} had been committed before, nothing is lost",
            sink,
            transaction.getTransactionalId());
        refusal.request.signalAlreadyCommitted();
      } else {
        lost.add(describe(transaction, fate));
        lostTransactions.inc();
        if (onLost == OnLostTransaction.COUNT) {
          LOG.error(lost.get(lost.size() - 1), refusal.reason);
        }
        refusal.request.signalFailedWithKnownReason(refusal.reason);
      }
    }
    if (!lost.isEmpty() && onLost == OnLostTransaction.FAIL) {
      // The transaction is in the checkpoint, so it would be refused again after each restart.
      throw new SuppressRestartsException(
          new IOException(
              String.join("; ", lost)
                  + "; to go on without that output, start the job from its last checkpoint with"
                  + " --"
                  + ForecastJobOptions.ON_LOST_TRANSACTION.key()
                  + " count; to produce it again, start from an older savepoint, which repeats all"
                  + " output since then"));
    }
  }

  private String describe(KafkaCommittable transaction, TransactionFate fate) {
    return "Lost output of "
        + sink
        + ": expected the broker to commit transaction "
        + transaction.getTransactionalId()
        + " of producer "
        + transaction.getProducerId()
        + " epoch "
        + transaction.getEpoch()
        + ", got "
        + fate.shown()
        + "; most likely it was not committed within transaction.timeout.ms, for example because"
        + " the job was down longer, or another job uses the same "
        + ForecastJobOptions.TRANSACTIONAL_ID_PREFIX.key();
  }

  @Override
  public void close() throws Exception {
    kafka.close();
  }

  /** A transaction that the broker refuses to commit. */
  private record Refusal(CommitRequest<KafkaCommittable> request, Throwable reason) {}

  /** A request that holds back a refusal until its meaning is known. */
  private record WatchedRequest(CommitRequest<KafkaCommittable> request, List<Refusal> refusals)
      implements CommitRequest<KafkaCommittable> {

    @Override
    public KafkaCommittable getCommittable() {
      return request.getCommittable();
    }

    @Override
    public int getNumberOfRetries() {
      return request.getNumberOfRetries();
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
      refusals.add(new Refusal(request, reason));
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
      request.signalFailedWithUnknownReason(reason);
    }

    @Override
    public void retryLater() {
      request.retryLater();
    }

    @Override
    public void updateAndRetryLater(KafkaCommittable committable) {
      request.updateAndRetryLater(committable);
    }

    @Override
    public void signalAlreadyCommitted() {
      request.signalAlreadyCommitted();
    }

    /** For the log of the sink that commits. */
    @Override
    public String toString() {
      return request.toString();
    }
  }
}
