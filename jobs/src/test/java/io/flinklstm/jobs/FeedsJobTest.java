package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.kafka.ParsedRecord;
import io.flinklstm.jobs.testing.FeedsPage;
import io.flinklstm.jobs.testing.FeedsPage.Feed;
import io.flinklstm.stream.Ledger;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.LstmForecastOperator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.datagen.functions.FromElementsGeneratorFunction;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs samples of docs/feeds.md through the job, on a Flink cluster without Kafka. */
class FeedsJobTest {

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(1)
              .build());

  private static final Map<String, Feed> FEEDS =
      FeedsPage.read().stream().collect(Collectors.toMap(Feed::name, Function.identity()));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Binance: candles",
        "Binance futures: mark prices of all symbols",
        "Coinbase Advanced Trade: market trades",
        "Kraken v1: trades",
        "Bitfinex: trades",
        "Finnhub: trades",
        "Debezium: change events with schema",
        "CloudEvents: binary mode",
        "Filebeat and Logstash: JSON in a log line",
        "NMEA 0183: wind of a weather station"
      })
  void predictsForEveryObservation(String name) throws Exception {
    Feed feed = Objects.requireNonNull(FEEDS.get(name));
    Map<String, Object> counts = run(feed);
    assertThat(Collected.of("predictions"))
        .extracting(p -> ((Prediction) p).key(), p -> ((Prediction) p).eventTime())
        .containsExactlyElementsOf(
            feed.rows().stream()
                .filter(row -> row.key() != null)
                .map(row -> tuple(row.key(), row.eventTime()))
                .toList());
    assertThat(Collected.of("late")).isEmpty();
    assertThat(Collected.of("dead-letters")).isEmpty();
    assertThat(counts.get(Ledger.Entry.READ.accumulator())).isEqualTo((long) feed.records().size());
    assertHolds(Ledger.RECORDS, counts);
    assertHolds(Ledger.OUTCOMES, counts);
  }

  private static void assertHolds(Ledger.Identity identity, Map<String, Object> counts) {
    long sum = identity.right().stream().mapToLong(e -> (long) counts.get(e.accumulator())).sum();
    assertThat(counts.get(identity.left().accumulator())).as(counts.toString()).isEqualTo(sum);
  }

  private Map<String, Object> run(Feed feed) throws Exception {
    Collected.RECEIVED.clear();
    ForecastJobConfig config = FeedsTest.config(feed, folder);
    ForecastModel model = SmallModel.of(feed.formulas());
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(1);
    ForecastJob.configure(env);
    ForecastJob.connect(
        env,
        config,
        new LstmForecastOperator(new LstmForecastFunction(model, config.settings(model.card()))),
        source(
            feed.records(),
            new ObservationDeserializer(
                feed.fields(), RecordFormatLoader.load(config, feed.fields()))),
        new Collected<>("predictions"),
        new Collected<>("late"),
        null,
        new Collected<>("dead-letters"));
    return env.execute().getAllAccumulatorResults();
  }

  private static Source<ParsedRecord, ?, ?> source(
      List<ConsumerRecord<byte[], byte[]>> records, ObservationDeserializer deserializer) {
    List<ParsedRecord> parsed = new ArrayList<>();
    deserializer.open(null);
    records.forEach(record -> deserializer.deserialize(record, new ListCollector<>(parsed)));
    return new DataGeneratorSource<>(
        new FromElementsGeneratorFunction<>(ParsedRecord.TYPE, parsed.toArray(ParsedRecord[]::new)),
        parsed.size(),
        ParsedRecord.TYPE);
  }

  /** A sink whose records the test reads: cluster and test share the JVM. */
  private record Collected<T>(String name) implements Sink<T> {

    private static final Map<String, Queue<Object>> RECEIVED = new ConcurrentHashMap<>();

    static List<Object> of(String name) {
      return List.copyOf(RECEIVED.getOrDefault(name, new ConcurrentLinkedQueue<>()));
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
      Queue<Object> received =
          RECEIVED.computeIfAbsent(name, unused -> new ConcurrentLinkedQueue<>());
      return new SinkWriter<>() {
        @Override
        public void write(T element, Context unused) {
          received.add(element);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
      };
    }
  }
}
