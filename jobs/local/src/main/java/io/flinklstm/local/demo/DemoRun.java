package io.flinklstm.local.demo;

import io.flinklstm.local.console.Facts;
import io.flinklstm.local.console.Progress;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.embedded.EmbeddedJob;
import io.flinklstm.local.ticks.PredictionRecord;
import io.flinklstm.local.ticks.PredictionTable;
import io.flinklstm.local.ticks.Tick;
import io.flinklstm.local.ticks.TickProducer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One replay through a running job: sends the trades, reads the results, scores the forecasts and
 * prints a summary.
 */
final class DemoRun {

  /** The first trade of the part that training and model selection never saw. */
  private static final int TEST_BEGIN = 80_000;

  private static final int LAST_ROWS = 5;
  private static final String INDENT = "  ";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String bootstrapServers;
  private final EmbeddedJob job;
  private final Resources resources;

  private final Map<String, ReturnScore> scores = new HashMap<>();
  private final Map<String, ReturnScore> testScores = new HashMap<>();
  private final Map<String, long[]> forecastHashes = new HashMap<>(); // by key, then by step - 1
  private final Deque<PredictionRecord> lastOfFirstKey = new ArrayDeque<>();
  private int rows; // per key
  private long sent;
  private long predictions;
  private long ready;
  private long late;
  private long deadLetters;
  private long firstPredictionNanos;
  private long lastPredictionNanos;
  private volatile long sentSoFar;
  private volatile Exception sendFailure;

  DemoRun(String bootstrapServers, EmbeddedJob job, Resources resources) {
    this.bootstrapServers = bootstrapServers;
    this.job = job;
    this.resources = resources;
  }

  /**
   * Replays the trades under each key, each key starting later than the one before.
   *
   * @return whether every tick had exactly one outcome and equal streams had equal forecasts
   */
  boolean run(List<Tick> trades, int keys, double speed) throws Exception {
    rows = trades.size();
    sent = (long) rows * keys;
    Thread sender = new Thread(() -> send(trades, keys, speed), "send");
    sender.setDaemon(true);
    sender.start();
    consume();
    sender.join();
    return summarize(keys);
  }

  private void send(List<Tick> trades, int keys, double speed) {
    int stagger = trades.size() / (2 * keys);
    try (TickProducer producer =
        new TickProducer(Map.of("bootstrap.servers", bootstrapServers), "ticks", speed)) {
      for (int t = 0; t < trades.size() + (keys - 1) * stagger; t++) {
        for (int k = 0; k < keys; k++) {
          int row = t - k * stagger;
          if (row >= 0 && row < trades.size() && !resources.isClosing()) {
            producer.send(trades.get(row).withKey(key(k)));
          }
        }
        sentSoFar = producer.sent();
      }
      producer.flush();
    } catch (IOException | RuntimeException e) {
      sendFailure = e;
    }
  }

  private static String key(int k) {
    return k == 0 ? "BTCUSD" : "BTCUSD-" + (k + 1);
  }

  private void consume() throws Exception {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    properties.put("group.id", "flink-lstm-demo-" + UUID.randomUUID());
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    Progress progress = new Progress(System.out);
    long lastNews = System.nanoTime();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("predictions", "ticks.late", "ticks.dead-letters"));
      while (outcomes() < sent && !resources.isClosing()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          count(record);
          lastNews = System.nanoTime();
        }
        progress.update(this::progressLine);
        if (sendFailure != null) {
          throw sendFailure;
        }
        job.checkRunning();
        if (sentSoFar >= sent && System.nanoTime() - lastNews > PATIENCE.toNanos()) {
          break;
        }
      }
    }
    progress.finish(progressLine());
  }

  private void count(ConsumerRecord<byte[], byte[]> record) throws IOException {
    switch (record.topic()) {
      case "ticks.late" -> late++;
      case "ticks.dead-letters" -> deadLetters++;
      default -> {
        lastPredictionNanos = System.nanoTime();
        if (predictions++ == 0) {
          firstPredictionNanos = lastPredictionNanos;
        }
        score(PredictionRecord.parse(record.value()));
      }
    }
  }

  private void score(PredictionRecord prediction) {
    if (prediction.status().equals("READY")) {
      ready++;
    }
    String key = prediction.key();
    scores.computeIfAbsent(key, k -> new ReturnScore(1)).add(prediction);
    testScores.computeIfAbsent(key, k -> new ReturnScore(TEST_BEGIN + 1)).add(prediction);
    long[] hashes = forecastHashes.computeIfAbsent(key, k -> new long[rows]);
    if (prediction.step() <= hashes.length) {
      hashes[(int) prediction.step() - 1] = Arrays.hashCode(prediction.forecasts());
    }
    if (key.equals(key(0))) {
      lastOfFirstKey.addLast(prediction);
      if (lastOfFirstKey.size() > LAST_ROWS) {
        lastOfFirstKey.removeFirst();
      }
    }
  }

  private long outcomes() {
    return predictions + late + deadLetters;
  }

  private String progressLine() {
    PredictionRecord last = lastOfFirstKey.peekLast();
    if (last == null) {
      return format("  %,d of %,d sent, waiting", sentSoFar, sent);
    }
    return format(
        String.join(
            Progress.SEPARATOR, "  %,d/%,d", "%s %s -> %s", "error %s no change", "%,.0f/s"),
        outcomes(),
        sent,
        last.key(),
        PredictionTable.number(last.lastValue()),
        PredictionTable.number(last.forecasts()[0]),
        total(scores).describe(),
        throughput());
  }

  private double throughput() {
    return predictions / Math.max(1e-3, (lastPredictionNanos - firstPredictionNanos) / 1e9);
  }

  private static ReturnScore total(Map<String, ReturnScore> scores) {
    ReturnScore total = new ReturnScore(0);
    scores.values().forEach(total::addAll);
    return total;
  }

  private boolean summarize(int keys) {
    System.out.println();
    System.out.println("Last predictions of stream " + key(0) + ":");
    System.out.println();
    PredictionTable table = new PredictionTable(Terminal.columnsBeside(INDENT.length()));
    System.out.println(INDENT + table.header());
    lastOfFirstKey.forEach(prediction -> System.out.println(INDENT + table.row(prediction)));
    System.out.println();
    System.out.println("Summary");
    System.out.println();
    boolean balanced = outcomes() == sent;
    boolean equal = equalStreamsHaveEqualForecasts(keys);
    counts(keys, balanced, equal).print();
    System.out.println();
    System.out.println(INDENT + "Squared error of the next return, compared with \"no change\":");
    Facts errors = facts().add("all trades", total(scores).describe());
    if (total(testScores).count() > 0) {
      errors.add("last 20 %", total(testScores).describe() + "  (never seen in training)");
    }
    errors.print();
    return balanced && equal;
  }

  private static Facts facts() {
    return new Facts(INDENT.length(), DemoCommand.NAME_WIDTH);
  }

  private Facts counts(int keys, boolean balanced, boolean equal) {
    Facts facts =
        facts()
            .add("ticks sent", format("%,d under %d %s", sent, keys, keys == 1 ? "key" : "keys"))
            .add(
                "predictions",
                format("%,d (READY %,d, WARMING_UP %,d)", predictions, ready, predictions - ready))
            .add("late", format("%,d", late))
            .add("dead letters", format("%,d", deadLetters))
            .add(
                "balance",
                format(
                    "%,d read = %,d + %,d + %,d  %s",
                    sent, predictions, late, deadLetters, balanced ? "ok" : "DIFFERS"));
    if (keys > 1) {
      facts.add("equal streams", equal ? "equal forecasts, bit for bit" : "DIFFERENT forecasts");
    }
    return facts.add("throughput", format("%,.0f predictions/s", throughput()));
  }

  private boolean equalStreamsHaveEqualForecasts(int keys) {
    for (int k = 1; k < keys; k++) {
      if (!Arrays.equals(forecastHashes.get(key(0)), forecastHashes.get(key(k)))) {
        return false;
      }
    }
    return true;
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
