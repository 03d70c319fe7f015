package io.flinklstm.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script bin/lstm in a project of its own, with a fake Java that prints its arguments. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a script for POSIX shells")
class LauncherScriptTest {

  private static final Path SCRIPT = Path.of("..", "..", "bin", "lstm");
  private static final int REFUSED = 2;

  /** Prints each argument on a line of its own, in angle brackets, and exits with 7. */
  private static final String JAVA =
      """
      #!/bin/sh
      if [ "$1" = --list-modules ]; then
        printf '%%s\\n' %s
        exit
      fi
      for argument; do printf '<%%s>\\n' "$argument"; done
      exit 7
      """;

  private static final String OLD_JAVA =
      """
      #!/bin/sh
      if [ "$1" = --list-modules ]; then
        echo 'Unrecognized option: --list-modules' >&2
        exit 1
      fi
      echo 'openjdk version "1.8.0_392"' >&2
      """;

  @TempDir private Path folder;
  private Path project;
  private Path script;
  private Path jar;

  private record Run(long pid, int exitCode, List<String> out, String err) {}

  @BeforeEach
  void makeProject() throws IOException {
    project = folder.toRealPath().resolve("my project's (1) $HOME");
    script = project.resolve("bin").resolve("lstm");
    jar = project.resolve("jobs/target/flink-lstm-local.jar");
    Files.createDirectories(script.getParent());
    Files.createDirectories(jar.getParent());
    Files.copy(SCRIPT, script);
    executable(script);
    Files.createFile(jar);
    java("java.base@17.0.15 jdk.incubator.vector@17.0.15");
  }

  private static void executable(Path file) {
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Path javaHome() {
    return folder.resolve("java home");
  }

  private void java(String modules) throws IOException {
    javaText(JAVA.formatted(modules));
  }

  private void javaText(String text) throws IOException {
    Path java = javaHome().resolve("bin").resolve("java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, text);
    executable(java);
  }

  private Run run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().keySet().removeAll(List.of("LSTM_OPTS", "JAVA_HOME"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(
        process.pid(),
        process.exitValue(),
        Files.readAllLines(folder.resolve("out")),
        Files.readString(folder.resolve("err"), UTF_8));
  }

  private Run run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    return run(Map.of("JAVA_HOME", javaHome().toString()), command.toArray(String[]::new));
  }

  @Test
  void passesArgumentsAndExitCodeAsTheyAre() throws Exception {
    Run run = run("train", "a b", "", "*", "it's", "say \"x\"", "$HOME", "\\", "-D", "two\nlines");
    assertThat(run.err).isEmpty();
    assertThat(run.out)
        .containsExactly(
            "<--add-modules=jdk.incubator.vector>",
            "<-Dflink-lstm.command=" + script + ">",
            "<-jar>",
            "<" + jar + ">",
            "<train>",
            "<a b>",
            "<>",
            "<*>",
            "<it's>",
            "<say \"x\">",
            "<$HOME>",
            "<\\>",
            "<-D>",
            "<two",
            "lines>");
    assertThat(run.exitCode).isEqualTo(7);
  }

  @Test
  void asksForVectorsOnlyWhereTheJvmHasThem() throws Exception {
    java("java.base@21 java.logging@21");
    assertThat(run("demo").out.get(0)).startsWith("<-Dflink-lstm.command=");
  }

  @Test
  void hasFurtherOptionsOfTheJvmInAVariable() throws Exception {
    Run run =
        run(
            Map.of("JAVA_HOME", javaHome().toString(), "LSTM_OPTS", "-Xmx4g  -Dfiles=*"),
            script.toString(),
            "demo");
    assertThat(run.out).containsSubsequence("<-Xmx4g>", "<-Dfiles=*>", "<-jar>", "<demo>");
  }

  @Test
  void findsTheJarThroughLinksAndTakesJavaFromThePath() throws Exception {
    Path onPath = Files.createDirectories(folder.resolve("on path"));
    Files.createSymbolicLink(folder.resolve("link"), script);
    Files.createSymbolicLink(onPath.resolve("lstm"), Path.of("..", "link"));
    Files.createSymbolicLink(onPath.resolve("java"), javaHome().resolve("bin").resolve("java"));
    Map<String, String> path = Map.of("PATH", onPath + ":" + System.getenv("PATH"));
    Run found = run(path, "sh", "-c", "lstm demo");
    assertThat(found.err).isEmpty();
    assertThat(found.out).contains("<-Dflink-lstm.command=lstm>", "<" + jar + ">", "<demo>");
    Run typed = run(path, "sh", "-c", "./link demo");
    assertThat(typed.out).contains("<-Dflink-lstm.command=./link>", "<" + jar + ">");
  }

  @Test
  void becomesTheJvmSoThatSignalsReachIt() throws Exception {
    javaText(JAVA.formatted("java.base@17").replace("exit 7", "echo $$"));
    Run run = run("demo");
    assertThat(run.out).endsWith("" + run.pid);
  }

  @Test
  void saysThatThereIsNoJava() throws Exception {
    Run run = run(Map.of("JAVA_HOME", project.toString()), script.toString(), "demo");
    isRefused(
        run,
        "JAVA_HOME: expected a folder with bin/java, got "
            + project
            + "; set it to Java 17 or newer");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    run = run(Map.of("PATH", empty.toString()), "/bin/sh", script.toString(), "demo");
    isRefused(
        run,
        "java: expected it in JAVA_HOME or on the PATH, got neither; install Java 17 or newer");
  }

  @ParameterizedTest
  @CsvSource({"11.0.2", "16"})
  void saysThatJavaIsTooOld(String version) throws Exception {
    javaText(
        JAVA.formatted("java.base@" + version)
            .replace(
                "for argument", "echo 'openjdk version \"" + version + "\"'; exit; for argument"));
    isTooOld("openjdk version \"" + version + "\"");
  }

  @Test
  void saysThatJavaIsFarTooOldOrNoJava() throws Exception {
    javaText(OLD_JAVA);
    isTooOld("openjdk version \"1.8.0_392\"");
    javaText("#!/bin/sh\nexit 1\n");
    isTooOld("something else");
  }

  private void isTooOld(String got) throws Exception {
    isRefused(
        run("demo"),
        javaHome().resolve("bin").resolve("java")
            + ": expected Java 17 or newer, got "
            + got
            + "; set JAVA_HOME to a newer one");
  }

  @Test
  void saysHowToMakeTheJar() throws Exception {
    Files.delete(jar);
    isRefused(
        run("demo"),
        jar
            + ": expected the jar that the build makes, got none; build it with mvn -q -DskipTests"
            + " package in "
            + project);
  }

  private static void isRefused(Run run, String message) {
    assertThat(run.err).isEqualTo("Error: " + message + "\n");
    assertThat(run.out).isEmpty();
    assertThat(run.exitCode).isEqualTo(REFUSED);
  }
}
