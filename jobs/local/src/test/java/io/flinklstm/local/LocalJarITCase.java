package io.flinklstm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.embedded.EmbeddedBroker;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.testing.TickFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local jar as a user starts it: a process of its own, from any folder. */
class LocalJarITCase {

  private static final Path SCRIPT = Path.of("..", "..", "bin", "lstm").toAbsolutePath();
  private static final Path JAR = Path.of("..", "target", "flink-lstm-local.jar").toAbsolutePath();

  /** Only something that hangs takes this long, however busy the machine is. */
  private static final int PATIENCE_MINUTES = 10;

  @TempDir private Path folder;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endWhatStillRuns() {
    processes.forEach(Process::destroyForcibly);
  }

  private record Run(int exitCode, String output) {

    /**
     * Without the progress lines that the command prints when a busy machine reads a file slowly.
     */
    Run withoutProgress() {
      return new Run(exitCode, output.replaceAll("(?m)^[\\d,]+ rows read\\n", ""));
    }
  }

  @Test
  void demoEndsByItselfWithASummaryAndLeavesNothingBehind() throws Exception {
    Run run = run("demo", "--rows", "3000", "--keys", "3");
    assertThat(run.output)
        .contains("9,000 under 3 keys")
        .contains("9,000 (READY 8,913, WARMING_UP 87)")
        .contains("9,000 read = 9,000 + 0 + 0  ok")
        .contains("equal forecasts, bit for bit")
        .contains("web interface at http://localhost:")
        .contains("Kernel           plain; faster with java --add-modules=jdk.incubator.vector")
        .doesNotContain("Exception");
    assertThat(run.exitCode).as(run.output).isZero();
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void bundledModelBeatsNoChangeOnTradesItNeverSaw() throws Exception {
    Run run = run("demo");
    Matcher skill = Pattern.compile("last 20 % +([0-9.]+) % below").matcher(run.output);
    assertThat(skill.find()).as(run.output).isTrue();
    assertThat(Double.parseDouble(skill.group(1))).isGreaterThanOrEqualTo(4.5);
    assertThat(run.exitCode).isZero();
  }

  @Test
  void ctrlCEndsTheDemoCleanly() throws Exception {
    Process process = start("demo", "--rows", "1000", "--keep-running");
    Path output = folder.resolve("output");
    LocalKafka.await("the end of the replay", () -> read(output).contains("stop with Ctrl-C"));
    int exitCode = interrupt(process);
    assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).as("ends").isTrue();
    assertThat(read(output)).doesNotContain("Exception").doesNotContain("Error");
    assertThat(process.exitValue()).isEqualTo(exitCode);
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void ctrlCEndsATrainingThatKeepsItsBestAndGoesOnLater() throws Exception {
    Path data = TickFiles.csv(folder.resolve("ticks.csv"), 20_000, "a");
    Path config =
        Files.writeString(
            folder.resolve("train.yaml"),
            TickFiles.CONFIG.replace("epochs: 3", "epochs: 400, patience: 400"));
    Path model = folder.resolve("model.safetensors");
    List<String> train = new ArrayList<>(List.of("train", "--data", data.toString(), "--key", "a"));
    train.addAll(List.of("--time-field", "ts", "--time-format", "s"));
    train.addAll(List.of("--config", config.toString(), "--out", model.toString()));
    Process process = start(train.toArray(String[]::new));
    Path output = folder.resolve("output");
    LocalKafka.await("the first epochs", () -> read(output).contains("\n3/400"));
    // Only the first process gets it; its child, which runs the vector kernel, must end too.
    int exitCode = interrupt(process);
    assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).as("ends").isTrue();
    assertThat(process.exitValue()).isEqualTo(exitCode);
    assertThat(read(output))
        .contains("vector kernel")
        .contains("Stopped; the model of epoch ")
        .contains("--resume continues after epoch ")
        .doesNotContain("Exception");
    assertThat(process.descendants()).isEmpty();
    assertThat(model).isNotEmptyFile();
    assertThat(folder.resolve("model.safetensors.checkpoint")).isNotEmptyFile();
    assertThat(temporaryFiles()).isEmpty();

    train.addAll(List.of("--resume", "--epochs", "3"));
    Run refused =
        await(start(List.of("-Dflink-lstm.vector-jvm=false"), train.toArray(String[]::new)));
    assertOneLine(refused.withoutProgress(), "training.epochs 3, got one with 400");
  }

  @Test
  void saysInOneLineWhatIsWrongBeforeTheFirstEvent() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.safetensors"), "not a model");
    Path model = DemoData.unpackModel(folder);
    assertOneLine(run("submit-local", "--lstm.sorce.topic", "x"), "lstm.source.topic");
    assertOneLine(
        run(
            "submit-local",
            "--lstm.kafka.bootstrap-servers",
            "localhost:1",
            "--lstm.model.path",
            broken.toString()),
        "broken.safetensors");
    assertOneLine(
        run(
            "submit-local",
            "--lstm.kafka.bootstrap-servers",
            "localhost:1",
            "--lstm.model.path",
            model.toString()),
        "expected a Kafka broker that answers at localhost:1");
  }

  @Test
  void saysWhyWhenTheCpuLacksFusedMultiplyAdd() throws Exception {
    Run run = await(start(List.of("-XX:-UseFMA"), "demo", "--rows", "500"));
    assertThat(run.output).contains("Error: fused multiply-add in this JVM");
    assertThat(run.exitCode).isEqualTo(1);
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void theScriptRunsTheVectorKernel() throws Exception {
    ProcessBuilder script =
        new ProcessBuilder(SCRIPT.toString(), "demo", "--rows", "2000", "--keys", "2");
    script.environment().put("JAVA_HOME", System.getProperty("java.home"));
    script
        .environment()
        .put(
            "LSTM_OPTS", "-Xmx2g -Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")));
    Run run = await(start(script));
    assertThat(run.output)
        .containsPattern("Kernel +vector\n")
        .contains("4,000 read = 4,000 + 0 + 0  ok")
        .contains("equal forecasts, bit for bit")
        .containsPattern("Your own model:  \\S+lstm model inspect FILE");
    assertThat(run.exitCode).as(run.output).isZero();
  }

  @Test
  void aForcedKernelThatIsNotThereStopsTheJob() throws Exception {
    try (EmbeddedBroker broker = new EmbeddedBroker(folder.resolve("kafka"))) {
      broker.createTopics(1, List.of("ticks", "predictions", "ticks.late", "ticks.dead-letters"));
      Run run =
          run(
              "submit-local",
              "--lstm.kafka.bootstrap-servers",
              broker.bootstrapServers(),
              "--lstm.model.path",
              DemoData.unpackModel(folder).toString(),
              "--lstm.kernel",
              "vector");
      assertOneLine(run, "Error: lstm.kernel: expected a JVM with module");
      assertThat(run.output).contains("start it with --add-modules=jdk.incubator.vector");
    }
  }

  @Test
  void namesTheMissingTopic() throws Exception {
    try (EmbeddedBroker broker = new EmbeddedBroker(folder.resolve("kafka"))) {
      broker.createTopics(1, List.of("ticks", "predictions", "ticks.late"));
      assertOneLine(
          run(
              "submit-local",
              "--lstm.kafka.bootstrap-servers",
              broker.bootstrapServers(),
              "--lstm.model.path",
              DemoData.unpackModel(folder).toString()),
          "lstm.dead-letter.topic: expected the topic to exist");
      Run created =
          run(
              "submit-local",
              "--create-topics",
              "--lstm.kafka.bootstrap-servers",
              broker.bootstrapServers(),
              "--lstm.model.path",
              DemoData.unpackModel(folder).toString(),
              "--lstm.kernel",
              "vector");
      assertThat(created.output)
          .startsWith("Created ticks.dead-letters.\n")
          .contains("Error: lstm.kernel: expected a JVM with module");
    }
  }

  private static void assertOneLine(Run run, String part) {
    assertThat(run.output.strip()).startsWith("Error: ").contains(part).doesNotContain("\n");
    assertThat(run.exitCode).isEqualTo(1);
  }

  private Run run(String... arguments) throws Exception {
    return await(start(arguments));
  }

  private Run await(Process process) throws Exception {
    assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).as("ends by itself").isTrue();
    return new Run(process.exitValue(), read(folder.resolve("output")));
  }

  private Process start(String... arguments) throws IOException {
    return start(List.of(), arguments);
  }

  private Process start(List<String> jvmOptions, String... arguments) throws IOException {
    assertThat(JAR).as("built by the package phase").exists();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx2g");
    command.addAll(jvmOptions);
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")));
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    return start(new ProcessBuilder(command));
  }

  private Process start(ProcessBuilder command) throws IOException {
    Process process =
        command
            .directory(Files.createDirectories(folder.resolve("elsewhere")).toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private List<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
      return files.toList();
    }
  }

  /**
   * Does what Ctrl-C does. In a build that was started in the background ({@code nohup mvn verify
   * &}) every process ignores SIGINT; there SIGTERM is sent instead.
   *
   * @return the exit code that a JVM then has
   */
  private static int interrupt(Process process) throws Exception {
    boolean ignored = ignoresInterrupts(Path.of("/proc", Long.toString(process.pid()), "status"));
    String signal = ignored ? "-TERM" : "-INT";
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    return ignored ? 128 + 15 : 128 + 2;
  }

  private static boolean ignoresInterrupts(Path status) throws IOException {
    if (!Files.exists(status)) {
      return false; // not Linux
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1 << 1) != 0);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
