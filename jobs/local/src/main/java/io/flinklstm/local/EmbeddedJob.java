package io.flinklstm.local;

import io.flinklstm.jobs.ForecastJob;
import io.flinklstm.jobs.ForecastJobConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The forecast job, unchanged, on a Flink cluster inside this JVM, with its web interface. */
final class EmbeddedJob implements AutoCloseable {

  private static final int STOP_SECONDS = 30;

  private final JobClient client;
  private final int webPort;
  private final String savepointFolder; // null: the state is not kept
  private boolean ended;

  private EmbeddedJob(JobClient client, int webPort, String savepointFolder) {
    this.client = client;
    this.webPort = webPort;
    this.savepointFolder = savepointFolder;
  }

  /**
   * Starts the job; returns when it was submitted.
   *
   * @param folder for Flink's temporary files
   * @param flinkOptions Flink's own configuration, which takes precedence over what is set here
   * @param arguments as the job itself takes them
   */
  static EmbeddedJob start(Path folder, Map<String, String> flinkOptions, String... arguments)
      throws Exception {
    Configuration configuration = new Configuration();
    int port = EmbeddedBroker.freePort();
    configuration.set(RestOptions.BIND_PORT, Integer.toString(port));
    configuration.set(RestOptions.PORT, port);
    configuration.set(RestOptions.ADDRESS, "localhost");
    configuration.set(RestOptions.BIND_ADDRESS, "localhost");
    configuration.set(CoreOptions.TMP_DIRS, folder.toString());
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, Runtime.getRuntime().availableProcessors());
    flinkOptions.forEach(configuration::setString);
    ForecastJobConfig config = ForecastJobConfig.fromArguments(arguments);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
    ForecastJob.build(env, config);
    return new EmbeddedJob(
        env.executeAsync("flink-lstm forecast"),
        configuration.get(RestOptions.PORT),
        configuration.get(CheckpointingOptions.SAVEPOINT_DIRECTORY));
  }

  String webAddress() {
    return "http://localhost:" + webPort;
  }

  /** Waits until the job ends by itself, which it does only by failing. */
  void await() throws InterruptedException, IOException {
    try {
      client.getJobExecutionResult().get();
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (java.util.concurrent.CancellationException stopped) {
      // close() was called.
    }
  }

  /**
   * Does nothing while the job runs.
   *
   * @throws IOException if it has failed
   */
  void checkRunning() throws InterruptedException, IOException {
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

  /** Stops the job; with a savepoint where Flink's configuration names a folder for savepoints. */
  @Override
  public synchronized void close() {
    if (ended) {
      return;
    }
    ended = true;
    try {
      if (savepointFolder == null) {
        client.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
      } else {
        System.out.println(
            "Savepoint: "
                + client
                    .stopWithSavepoint(false, savepointFolder, SavepointFormatType.CANONICAL)
                    .get(STOP_SECONDS, TimeUnit.SECONDS));
      }
      awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      System.err.println("Stopping the job: " + e.getMessage());
    }
  }

  private void awaitEnd() throws InterruptedException, TimeoutException {
    try {
      client.getJobExecutionResult().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | java.util.concurrent.CancellationException noResult) {
      // A cancelled job has no result; that it has ended is all that counts here.
    }
  }
}
