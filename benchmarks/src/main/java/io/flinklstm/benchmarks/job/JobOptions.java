package io.flinklstm.benchmarks.job;

import io.flinklstm.forecast.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that all benchmarks of a running job share. */
public final class JobOptions {

  private static final String JSON = "json";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--keys", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description =
          "A model card whose features are used; default: those of the bundled model (return of"
              + " price, amount, elapsed time).")
  private Path card;

  @Option(
      names = "--backend",
      defaultValue = "hashmap",
      description = "hashmap or rocksdb; default: ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--source-format",
      defaultValue = JSON,
      description = "Of the ticks, lstm.source.format; default: ${DEFAULT-VALUE}.")
  private String sourceFormat;

  @Option(
      names = "--sink-format",
      defaultValue = JSON,
      description = "Of the predictions, lstm.sink.format; default: ${DEFAULT-VALUE}.")
  private String sinkFormat;

  @Option(
      names = "--flink-option",
      paramLabel = "KEY=VALUE",
      description = "An option of Flink's own configuration.")
  private Map<String, String> flinkOptions = new LinkedHashMap<>();

  @Option(
      names = "--job-option",
      paramLabel = "KEY=VALUE",
      description = "An option of the job, such as lstm.kafka.properties.linger.ms=0.")
  private Map<String, String> jobOptions = new LinkedHashMap<>();

  @Option(
      names = "--heap",
      defaultValue = "2g",
      description = "Of Flink's JVM; default: ${DEFAULT-VALUE}.")
  private String heap;

  @Option(
      names = "--jvm-option",
      paramLabel = "OPTION",
      description = "Of Flink's JVM, such as -XX:+UseParallelGC.")
  private List<String> jvmOptions = new ArrayList<>();

  public ModelCard card() throws IOException {
    return Models.card(card);
  }

  /** Ticks for the model card, in the source's format. */
  public Ticks ticks() throws IOException {
    if (!sourceFormat.equals(JSON)) {
      throw new ParameterException(
          spec.commandLine(), "--source-format: expected " + JSON + ", got " + sourceFormat);
    }
    return new Ticks(card().fields(), keys);
  }

  public List<String> jvmOptions() {
    List<String> options = new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap));
    options.addAll(jvmOptions);
    return options;
  }

  /**
   * A job.
   *
   * @param preset comes before the options of the command line
   * @param model its file
   */
  public JobSpec spec(
      Presets preset, JobVariant variant, Path model, Broker broker, JobTopics topics) {
    Map<String, String> flink = new LinkedHashMap<>(preset.flinkOptions());
    flink.put("state.backend.type", backend);
    flink.putAll(flinkOptions);
    Map<String, String> job = new LinkedHashMap<>(preset.jobOptions());
    job.put("lstm.kafka.bootstrap-servers", broker.address());
    job.put("lstm.model.path", model.toString());
    job.putAll(topics.jobOptions());
    if (!variant.isPassThrough()) {
      job.put("lstm.kernel", variant.kernel());
    }
    if (!sourceFormat.equals(JSON)) {
      job.put("lstm.source.format", sourceFormat);
    }
    if (!sinkFormat.equals(JSON)) {
      job.put("lstm.sink.format", sinkFormat);
    }
    job.putAll(jobOptions);
    return new JobSpec(variant.isPassThrough(), flink, FlinkJob.arguments(job));
  }

  /** The settings in words. */
  public String describe() {
    return keys
        + " keys; backend "
        + backend
        + "; "
        + sourceFormat
        + " to "
        + sinkFormat
        + "; heap "
        + heap
        + (flinkOptions.isEmpty() ? "" : "; " + flinkOptions)
        + (jobOptions.isEmpty() ? "" : "; " + jobOptions)
        + (jvmOptions.isEmpty() ? "" : "; " + jvmOptions);
  }
}
