package io.flinklstm.local.testing;

import io.flinklstm.jobs.ForecastJob;
import io.flinklstm.jobs.config.ForecastJobConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;

/** A Flink cluster for a test: two task managers of one slot, so that a job of two needs both. */
public final class LocalFlink {

  private LocalFlink() {}

  public static MiniCluster cluster(Path folder) throws Exception {
    return cluster(folder, new Configuration());
  }

  /**
   * @param more of Flink's configuration, besides what is set here
   */
  public static MiniCluster cluster(Path folder, Configuration more) throws Exception {
    Configuration configuration = new Configuration(more);
    configuration.setString("rest.port", "0");
    configuration.setString("restart-strategy.type", "fixed-delay");
    configuration.setString("restart-strategy.fixed-delay.delay", "100 ms");
    configuration.setString("restart-strategy.fixed-delay.attempts", "20");
    configuration.set(CoreOptions.TMP_DIRS, folder.resolve("flink").toString());
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(1)
                .build());
    cluster.start();
    return cluster;
  }

  /**
   * The forecast job with the bundled model, two subtasks wide.
   *
   * @param moreArguments of the job
   */
  public static JobClient submit(
      Path folder,
      MiniCluster cluster,
      LocalKafka kafka,
      String guarantee,
      Map<String, String> flinkOptions,
      String... jobArguments)
      throws Exception {
    return build(folder, cluster, kafka, guarantee, flinkOptions, jobArguments)
        .executeAsync("test");
  }

  /** Like {@link #submit}, but not submitted yet. */
  public static StreamExecutionEnvironment build(
      Path folder,
      MiniCluster cluster,
      LocalKafka kafka,
      String guarantee,
      Map<String, String> flinkOptions,
      String... jobArguments)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.setString(CheckpointingOptions.CHECKPOINTING_INTERVAL.key(), "300 ms");
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    flinkOptions.forEach(configuration::setString);
    TestStreamEnvironment env =
        new TestStreamEnvironment(cluster, configuration, 2, List.of(), List.of());
    List<String> arguments = new ArrayList<>();
    arguments.add("--lstm.kafka.bootstrap-servers=" + kafka.bootstrapServers());
    arguments.add("--lstm.model.path=" + DemoData.unpackModel(folder));
    arguments.add("--lstm.sink.delivery-guarantee=" + guarantee);
    arguments.addAll(List.of(jobArguments));
    ForecastJob.build(env, ForecastJobConfig.fromArguments(arguments.toArray(String[]::new)));
    return env;
  }

  /** How often the job was restarted, according to its execution graph. */
  public static int restarts(MiniCluster cluster, JobClient job) throws Exception {
    AccessExecutionGraph graph = cluster.getExecutionGraph(job.getJobID()).get();
    int restarts = 0;
    for (AccessExecutionJobVertex vertex : graph.getVerticesTopologically()) {
      for (AccessExecutionVertex task : vertex.getTaskVertices()) {
        restarts = Math.max(restarts, task.getCurrentExecutionAttempt().getAttemptNumber());
      }
    }
    return restarts;
  }
}
