package io.flinklstm.benchmarks.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.jobs.ForecastJob;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.stream.LstmForecastFunction;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;

/** Flink's JVM: runs the forecast job on its own cluster until the parent ends it. */
final class JobMain {

  static final String RUNNING = "RUNNING ";

  private JobMain() {}

  public static void main(String[] arguments) throws Exception {
    ChildJvm.endWithParent();
    JobSpec spec = new ObjectMapper().readValue(Path.of(arguments[0]).toFile(), JobSpec.class);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(
            1, Configuration.fromMap(spec.flinkOptions()));
    ForecastJobConfig config =
        ForecastJobConfig.fromArguments(spec.arguments().toArray(String[]::new));
    switch (spec.place()) {
      case PASS_THROUGH ->
          ForecastJob.build(
              env,
              config,
              (model, settings) -> new KeyedProcessOperator<>(new PassThroughFunction(model)));
      case ONE_BY_ONE ->
          ForecastJob.build(
              env,
              config,
              (model, settings) ->
                  new KeyedProcessOperator<>(new LstmForecastFunction(model, settings)));
      case FORECAST -> ForecastJob.build(env, config);
    }
    JobClient job = env.executeAsync("benchmark");
    System.out.println(RUNNING + job.getJobID());
    try {
      job.getJobExecutionResult().get();
    } catch (Exception failure) {
      failure.printStackTrace();
    }
    System.exit(1); // The job ends by itself only if it fails.
  }
}
