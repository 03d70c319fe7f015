package io.flinklstm.benchmarks.job;

import java.io.IOException;
import java.util.Map;

/**
 * The topics of one job. Output goes to topics that only this job writes and that are deleted
 * afterwards.
 */
public final class JobTopics implements AutoCloseable {

  private final Broker broker;
  private final String ticks;
  private final String predictions;
  private final String late;
  private final String deadLetters;

  /**
   * Creates the topics that the job writes to.
   *
   * @param ticks an existing topic
   * @param job a unique name
   */
  public JobTopics(Broker broker, String ticks, String job) throws IOException {
    this.broker = broker;
    this.ticks = ticks;
    this.predictions = "predictions-" + job;
    this.late = "late-" + job;
    this.deadLetters = "dead-letters-" + job;
    broker.createTopics(predictions, late, deadLetters);
  }

  public String predictions() {
    return predictions;
  }

  Map<String, String> jobOptions() {
    return Map.of(
        "lstm.source.topic",
        ticks,
        "lstm.sink.topic",
        predictions,
        "lstm.late.topic",
        late,
        "lstm.dead-letter.topic",
        deadLetters);
  }

  /**
   * @throws IOException if the job wrote anything but predictions
   */
  public void checkOnlyPredictions() throws IOException {
    for (String topic : new String[] {late, deadLetters}) {
      long records = broker.endOffset(topic);
      if (records != 0) {
        throw new IOException(topic + ": expected no records, got " + records);
      }
    }
  }

  @Override
  public void close() throws IOException {
    broker.deleteTopics(predictions, late, deadLetters);
  }
}
