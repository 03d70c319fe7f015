package io.flinklstm.benchmarks.job;

import io.flinklstm.forecast.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of all benchmarks that run a job. */
public final class JobOptions {

  @Option(names = "--keys", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description =
          "Model card whose features to use; default: those of the bundled model (return of price,"
              + " amount, elapsed time).")
  private Path card;

  @Option(
      names = "--backend",
      defaultValue = "hashmap",
      description = "hashmap or rocksdb; default: ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "Preset in config/presets: low-latency or throughput; default: the one that suits the"
              + " benchmark.")
  private String preset;

  @Option(
      names = "--source-format",
      defaultValue = "json",
      description = "Format of the ticks: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  private TickFormat sourceFormat;

  @Option(
      names = "--sink-format",
      defaultValue = "json",
      description = "Format of the predictions (lstm.sink.format); default: ${DEFAULT-VALUE}.")
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
      description = "Heap of Flink's JVM; default: ${DEFAULT-VALUE}.")
  private String heap;

  @Option(
      names = "--jvm-option",
      paramLabel = "OPTION",
      description = "An option of Flink's JVM, such as -XX:+UseParallelGC.")
  private List<String> jvmOptions = new ArrayList<>();

  public ModelCard card() throws IOException {
    return Models.card(card);
  }

  /** Ticks for the model card, in the source's format. */
  public Ticks ticks() throws IOException {
    return new Ticks(sourceFormat, card().fields(), keys);
  }

  /** The preset given on the command line, or this one. */
  public Preset preset(String usual) throws IOException {
    return Preset.read(preset == null ? usual : preset);
  }

  public List<String> jvmOptions() {
    List<String> options = new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap));
    options.addAll(jvmOptions);
    return options;
  }

  /**
   * A job.
   *
   * @param preset overridden by the options of the command line
   * @param model the model file
   */
  public JobSpec spec(
      Preset preset, JobVariant variant, Path model, Broker broker, JobTopics topics) {
    Map<String, String> flink = new LinkedHashMap<>(preset.flinkOptions());
    flink.put("state.backend.type", backend);
    flink.putAll(flinkOptions);
    Map<String, String> job = new LinkedHashMap<>();
    job.put("lstm.kafka.bootstrap-servers", broker.address());
    job.put("lstm.model.path", model.toString());
    job.putAll(topics.jobOptions());
    if (!variant.isPassThrough()) {
      job.put("lstm.kernel", variant.kernel());
    }
    job.put("lstm.source.format", sourceFormat.name().toLowerCase(Locale.ROOT));
    job.put("lstm.sink.format", sinkFormat);
    job.putAll(jobOptions);
    List<String> arguments = new ArrayList<>(preset.jobArguments());
    job.forEach((key, value) -> arguments.addAll(List.of("--" + key, value)));
    return new JobSpec(variant.place(), flink, arguments);
  }

  /** A description of the settings. */
  public String describe(Preset preset) {
    return "Preset "
        + preset.name()
        + "; "
        + keys
        + " keys; backend "
        + backend
        + "; "
        + sourceFormat.name().toLowerCase(Locale.ROOT)
        + " to "
        + sinkFormat
        + "; heap "
        + heap
        + (flinkOptions.isEmpty() ? "" : "; " + flinkOptions)
        + (jobOptions.isEmpty() ? "" : "; " + jobOptions)
        + (jvmOptions.isEmpty() ? "" : "; " + jvmOptions);
  }
}
