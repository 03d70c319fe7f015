package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.forecast.Transform;
import io.flinklstm.math.KernelType;
import io.flinklstm.testing.TestModels;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many keys, each with its own state, in a running cluster, on both backends. {@code -Dkeys=1000000
 * -Dtest.heap=8g} makes it a million.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ManyKeysITCase {

  private static final long KEYS = Long.getLong("keys", 20_000);

  /** One layer of 64, three features. */
  private static final ForecastModel MODEL =
      TestModels.model(
          TestModels.card(
              1,
              List.of(
                  TestModels.feature("r", "f0", Transform.LOG_RETURN, 0, 1e-3),
                  TestModels.feature("v", "f1", Transform.LOG1P, 0, 1),
                  TestModels.feature("e", "elapsed()", Transform.LOG1P, 0, 1))),
          64,
          1,
          1);

  private static final AtomicLong SEEN = new AtomicLong();
  private static final AtomicLong WRONG = new AtomicLong();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"hashmap", "rocksdb"})
  void everyKeyGoesOnWhereItWasBeforeTheSavepoint(String backend) throws Exception {
    String savepoint = run(backend, 0, 3, null);
    long bytes = bytesIn(Path.of(URI.create(savepoint)));
    run(backend, 3, 4, savepoint);
    System.out.printf(Locale.ROOT, "%s: %,d bytes of savepoint per key%n", backend, bytes / KEYS);
    assertThat(bytes / KEYS).isBetween(590L, 680L);
  }

  /** Applies one observation of each key in each round; returns the final savepoint. */
  private String run(String backend, int fromRound, int toRound, String savepoint)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.setString("state.backend.type", backend);
    configuration.setString("pipeline.object-reuse", "true");
    configuration.setString("taskmanager.memory.managed.size", "512m");
    configuration.setString("execution.checkpointing.dir", folder.toUri().toString());
    configuration.setString("io.tmp.dirs", folder.toString());
    configuration.setString("rest.port", "0");
    if (savepoint != null) {
      configuration.setString("execution.state-recovery.path", savepoint);
      configuration.setString("execution.state-recovery.ignore-unclaimed-state", "true");
    }
    SEEN.set(0);
    WRONG.set(0);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    env.fromSequence(fromRound * KEYS, Long.MAX_VALUE)
        .uid("numbers-" + fromRound)
        .setParallelism(1) // with two, a key's observations could overtake each other
        .process(new Observations(toRound * KEYS))
        .returns(StreamTypes.OBSERVATION)
        .uid("observations")
        .setParallelism(1)
        .keyBy(Observation::key)
        .process(new LstmForecastFunction(MODEL))
        .uid("lstm-forecast")
        .process(new Check())
        .returns(StreamTypes.PREDICTION)
        .uid("check")
        .sinkTo(new DiscardingSink<>())
        .uid("sink");
    long start = System.nanoTime();
    JobClient job = env.executeAsync("many keys");
    long count = (toRound - fromRound) * KEYS;
    while (SEEN.get() < count) {
      assertThat(job.getJobStatus().get().isTerminalState()).isFalse();
      Thread.sleep(20);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%s, %,d keys: %,d predictions in %.1f s, %,.0f/s%n",
        backend,
        KEYS,
        count,
        seconds,
        count / seconds);
    String stored =
        job.stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    assertThat(job.getJobExecutionResult().get().getAllAccumulatorResults())
        .containsEntry("lstm.predictions", toRound * KEYS)
        .containsEntry("lstm.activeKeys", KEYS);
    assertThat(WRONG).hasValue(0);
    return stored;
  }

  private static long bytesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static Observation observation(long number) {
    long key = number % KEYS;
    return Observation.of("key" + key, number, 100 + (number * 31 + key) % 17, number % 5);
  }

  /** Emits observations up to a number, and nothing beyond it. */
  private static final class Observations extends ProcessFunction<Long, Observation> {

    private static final long serialVersionUID = 1L;

    private final long to;

    Observations(long to) {
      this.to = to;
    }

    @Override
    public void processElement(Long number, Context context, Collector<Observation> out)
        throws InterruptedException {
      if (number < to) {
        out.collect(observation(number));
      } else {
        Thread.sleep(1);
      }
    }
  }

  /** Checks that every prediction is the next of its key; recomputes some keys bit for bit. */
  private static final class Check extends ProcessFunction<Prediction, Prediction> {

    private static final long serialVersionUID = 1L;
    private static final int SAMPLE = 1009;

    private transient Forecaster forecaster;

    @Override
    public void open(OpenContext context) {
      forecaster = new Forecaster(MODEL, KernelType.PLAIN.create());
    }

    @Override
    public void processElement(Prediction prediction, Context context, Collector<Prediction> out) {
      long key = Long.parseLong(prediction.key().substring("key".length()));
      boolean right = prediction.step() == prediction.eventTime() / KEYS + 1;
      if (key % SAMPLE == 0) {
        right &= Arrays.equals(prediction.forecasts(), recomputed(key, prediction.step()));
      }
      if (!right) {
        WRONG.incrementAndGet();
      }
      SEEN.incrementAndGet();
    }

    private double[] recomputed(long key, long steps) {
      StreamState state = forecaster.newState();
      double[] forecasts = null;
      for (long round = 0; round < steps; round++) {
        Observation observation = observation(round * KEYS + key);
        forecasts = ((Prediction) forecaster.advance(observation, state)).forecasts();
      }
      return forecasts;
    }
  }
}
