package io.flinklstm.local.embedded;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.OptionsHelp;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.kafka.BrokerTopics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the forecast job on a Flink cluster in this JVM until Ctrl-C. */
@Command(
    name = "submit-local",
    description = {
      "Runs the forecast job against any broker, on a Flink cluster in this JVM, until Ctrl-C."
          + " Takes the job's own arguments: --config file.yaml, --lstm.key value.",
      "With -D execution.checkpointing.savepoint-dir=FOLDER the job takes a savepoint when it"
          + " stops; -D execution.state-recovery.path=SAVEPOINT resumes from it."
    })
public final class SubmitLocalCommand implements Callable<Integer> {

  private final Resources resources;

  @Spec private CommandSpec spec;

  @Option(
      names = "-D",
      paramLabel = "NAME=VALUE",
      description = "An option of Flink's own configuration. May be repeated.")
  private Map<String, String> flinkOptions = new LinkedHashMap<>();

  @Option(
      names = "--create-topics",
      description =
          "Create the job's topics that are missing; they keep their records forever. Topics of a"
              + " pattern are not created.")
  private boolean createTopics;

  @Option(
      names = {"-h", "--help"},
      description = "Show this help and all options of the job.")
  private boolean help;

  @Parameters(paramLabel = "JOB-ARGUMENT", description = "Arguments of the job.")
  private List<String> jobArguments = new ArrayList<>();

  public SubmitLocalCommand(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Integer call() throws Exception {
    if (help) {
      spec.commandLine().usage(System.out);
      System.out.println();
      System.out.print(OptionsHelp.text(Terminal.helpWidth()));
      return 0;
    }
    if (createTopics) {
      createTopics(ForecastJobConfig.fromArguments(jobArguments.toArray(String[]::new)));
    }
    WorkDirectory work = resources.add(WorkDirectory.create());
    EmbeddedJob job =
        resources.add(
            EmbeddedJob.start(
                work.folder("flink"), flinkOptions, jobArguments.toArray(String[]::new)));
    Terminal.print(
        "The job is running; web interface at " + job.webAddress() + ", stop with Ctrl-C.");
    Terminal.print("Kernel: " + job.kernel());
    job.await();
    return 0;
  }

  private static void createTopics(ForecastJobConfig config) throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    config.kafkaProperties().forEach((name, value) -> properties.put(name + "", value + ""));
    List<String> names = new ArrayList<>(config.sourceTopics().names());
    config.sinkTopicOptions().forEach(option -> names.add(config.get(option)));
    try (BrokerTopics topics = new BrokerTopics(properties)) {
      List<String> created = topics.createMissing(names);
      if (!created.isEmpty()) {
        Terminal.print("Created " + String.join(", ", created) + ".");
      }
    }
  }
}
