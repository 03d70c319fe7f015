package io.flinklstm.local.embedded;

import io.flinklstm.jobs.ForecastJob;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The forecast job, unchanged, on a Flink cluster inside this JVM, with its web interface. */
public final class EmbeddedJob implements AutoCloseable {

  private static final int STOP_SECONDS = 30;

  private final JobClient client;
  private final String webPort;
  private final String savepointFolder; // null: the state is not kept
  private final KernelType kernel;
  private boolean ended;

  private EmbeddedJob(JobClient client, String webPort, String savepointFolder, KernelType kernel) {
    this.client = client;
    this.webPort = webPort;
    this.savepointFolder = savepointFolder;
    this.kernel = kernel;
  }

  /**
   * Starts the job; returns once it is submitted.
   *
   * @param folder for Flink's temporary files
   * @param flinkOptions Flink's own configuration, which overrides what is set here
   * @param arguments the job's own arguments
   */
  public static EmbeddedJob start(
      Path folder, Map<String, String> flinkOptions, String... arguments) throws Exception {
    Configuration configuration = new Configuration();
    flinkOptions.forEach(configuration::setString);
    if (!configuration.contains(RestOptions.PORT)
        && !configuration.contains(RestOptions.BIND_PORT)) {
      configuration.set(RestOptions.PORT, EmbeddedBroker.freePort());
    }
    // Without a bind port the local environment would take any port, whatever rest.port says.
    setIfAbsent(
        configuration,
        RestOptions.BIND_PORT,
        Integer.toString(configuration.get(RestOptions.PORT)));
    setIfAbsent(configuration, RestOptions.ADDRESS, "localhost");
    setIfAbsent(configuration, RestOptions.BIND_ADDRESS, "localhost");
    setIfAbsent(configuration, CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    // By default checkpoints are kept in memory, where they are limited to 5 MB.
    setIfAbsent(
        configuration,
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    setIfAbsent(
        configuration, CoreOptions.DEFAULT_PARALLELISM, Runtime.getRuntime().availableProcessors());
    // By default Flink restarts forever, and nobody would see why.
    setIfAbsent(configuration, RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    setIfAbsent(configuration, RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
    configuration
        .getOptional(CheckpointingOptions.SAVEPOINT_DIRECTORY)
        .ifPresent(
            given ->
                configuration.set(
                    CheckpointingOptions.SAVEPOINT_DIRECTORY,
                    given.contains(":")
                        ? given
                        : Path.of(given).toAbsolutePath().toUri().toString()));
    ForecastJobConfig config = ForecastJobConfig.fromArguments(arguments);
    checkKernel(config.get(ForecastJobOptions.KERNEL));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
    ForecastJob.build(env, config);
    return new EmbeddedJob(
        env.executeAsync("flink-lstm forecast"),
        configuration.get(RestOptions.BIND_PORT),
        configuration.get(CheckpointingOptions.SAVEPOINT_DIRECTORY),
        config.get(ForecastJobOptions.KERNEL));
  }

  /** The job checks this too, but only in its tasks, which here run in this JVM. */
  private static void checkKernel(KernelType kernel) {
    try {
      kernel.create();
    } catch (IllegalStateException unfitJvm) {
      String option = ForecastJobOptions.KERNEL.key();
      throw new JobConfigurationException(
          kernel == KernelType.AUTO
              ? unfitJvm.getMessage() + " (" + option + ": plain)"
              : option + ": " + unfitJvm.getMessage(),
          unfitJvm);
    }
  }

  private static <T> void setIfAbsent(
      Configuration configuration, ConfigOption<T> option, T value) {
    if (!configuration.contains(option)) {
      configuration.set(option, value);
    }
  }

  public String webAddress() {
    return "http://localhost:" + webPort;
  }

  /** The kernel that the job uses and, if there is a faster one, the JVM option that enables it. */
  public String kernel() {
    if (kernel != KernelType.AUTO) {
      return kernel.name().toLowerCase(Locale.ROOT);
    }
    return KernelType.isVectorAvailable()
        ? "vector"
        : "plain; faster with java " + KernelType.VECTOR_FLAG;
  }

  /** Waits until the job ends by itself, which happens only if it fails. */
  public void await() throws InterruptedException, IOException {
    try {
      client.getJobExecutionResult().get();
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (java.util.concurrent.CancellationException stopped) {
      // close() was called.
    }
  }

  /**
   * Throws if the job has failed; does nothing while it runs.
   *
   * @throws IOException if it has failed
   */
  public void checkRunning() throws InterruptedException, IOException {
    try {
      if (client.getJobExecutionResult().isDone()) {
        client.getJobExecutionResult().get();
      }
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static IOException failure(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new IOException("the job failed: " + root.getMessage(), failure);
  }

  /** Stops the job, with a savepoint if Flink's configuration names a folder for savepoints. */
  @Override
  public synchronized void close() {
    if (ended || client.getJobExecutionResult().isDone()) {
      return;
    }
    ended = true;
    try {
      if (savepointFolder == null) {
        client.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
      } else {
        Terminal.print(
            "Savepoint: "
                + client
                    .stopWithSavepoint(false, savepointFolder, SavepointFormatType.CANONICAL)
                    .get(STOP_SECONDS, TimeUnit.SECONDS));
      }
      awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      Terminal.printError("Stopping the job: " + e.getMessage());
    }
  }

  private void awaitEnd() throws InterruptedException, TimeoutException {
    try {
      JobExecutionResult result =
          client.getJobExecutionResult().get(STOP_SECONDS, TimeUnit.SECONDS);
      String balance = Ledger.balance(result.getAllAccumulatorResults());
      Terminal.print("Balance: " + balance.replace("; ", ",\n         "));
    } catch (ExecutionException | java.util.concurrent.CancellationException noResult) {
      // A cancelled job has no result; all that matters here is that it has ended.
    }
  }
}
