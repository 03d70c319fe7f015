package io.flinklstm.local.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.LocalModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Isolated("System.out and System.err belong to the whole JVM.")
class ModelCheckCommandTest {

  /** y of the fading model after this many steps, starting from c = 8. */
  private static final double ONCE = 1 + 0.5 * StrictMath.tanh(4);

  private static final double TWICE = 1 + 0.5 * StrictMath.tanh(2);
  private static final String KEYED = "key,step,f\na,0,5\nb,0,-5\na,1,0.25\n";
  private static final String KEYED_Y = "key,y\na,%s\nb,%s\na,%s\n".formatted(ONCE, ONCE, TWICE);

  @TempDir private Path folder;
  private String model;
  private Path x;
  private Path y;

  @BeforeEach
  void files() throws IOException {
    model = LocalModels.fading(folder);
    x = folder.resolve("x.csv");
    y = folder.resolve("y.csv");
  }

  @Test
  void everyKeyBeginsWithTheModelsInitialState() throws Exception {
    CommandRun run = check(KEYED, KEYED_Y);
    assertThat(run.out())
        .startsWith(
            """
            Model        %s, safetensors, [F32]
            Compared     every row, 3 rows of 2 keys
            Largest |y|  1.4996647
            """
                .formatted(model))
        .endsWith("\nPASSED\n");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void saysWhereTheDifferenceIsLargest() throws Exception {
    CommandRun run = check(KEYED, "key,y\na,%s\nb,2.0\na,%s\n".formatted(ONCE, TWICE));
    assertThat(run.out())
        .isEqualTo(
            """
            Model        %s, safetensors, [F32]
            Compared     every row, 3 rows of 2 keys
            Largest |y|  2.0
            Difference   2.50e-01 at most, allowed 1.00e-05, both relative to max(1, |y|)
            Where        row 2, key b, output 0 (y in line 3 of %s)
            Expected     2.0
            Got          1.4996647
            FAILED
            """
                .formatted(model, y));
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void outputsOfTheLastStepsAreComparedWithTheLastSteps() throws Exception {
    CommandRun run = check(KEYED, "key,y\nb,%s\na,%s\n".formatted(ONCE, TWICE));
    assertThat(run.out())
        .contains("Compared     the last row of each key, 3 rows of 2 keys\n")
        .endsWith("\nPASSED\n");
    assertThat(check("f\n1\n2\n", "y\n%s\n".formatted(TWICE)).out())
        .contains("Compared     the last row of each key, 2 rows of 1 key\n")
        .endsWith("\nPASSED\n");
    assertThat(check("f\n1\n2\n", "y\n%s\n".formatted(ONCE)).exitCode()).isEqualTo(1);
  }

  @Test
  void oneRowForEachKeyMayStandInAnyOrderThoughEveryKeyHasOneRow() throws Exception {
    model = LocalModels.withMore(folder);
    String inputs = "key,f0,f1\na,0.5,-1\nb,-0.5,1\n";
    String ofA = got("f0,f1\n0.5,-1\n");
    String ofB = got("f0,f1\n-0.5,1\n");
    assertThat(ofA).isNotEqualTo(ofB);
    CommandRun run = check(inputs, "key,y0,y1\nb,%s,-9\na,%s,-9\n".formatted(ofB, ofA));
    assertThat(run.out())
        .contains("Compared     every row, 2 rows of 2 keys\n", ", output 1 (y1 in line ");
    run = check(inputs, "key,y0,y1\nb,9,0\na,%s,0\n".formatted(ofA));
    assertThat(run.out()).contains("Where        row 2, key b, output 0 (y0 in line 2 of " + y);
  }

  @Test
  void keysOfTheOutputsMayNameTheOneStream() throws Exception {
    CommandRun run = check("f\n1\n2\n", "key,y\na,%s\na,%s\n".formatted(ONCE, TWICE));
    assertThat(run.out()).endsWith("\nPASSED\n");
  }

  @Test
  void withoutKeysAllRowsAreOneStream() throws Exception {
    CommandRun run = check("f\n1\n2\n", "step,y\n0,%s\n1,%s\n".formatted(ONCE, TWICE));
    assertThat(run.out())
        .contains("Compared     every row, 2 rows of 1 key\n", "\nWhere        row ")
        .doesNotContain(", key")
        .endsWith("\nPASSED\n");
  }

  @Test
  void theToleranceGrowsWithTheOutputAboveOne() throws Exception {
    String off = "y\n%s\n".formatted(ONCE * 1.0009);
    assertThat(check("f\n1\n", off, "--tolerance", "1e-3").exitCode()).isZero();
    assertThat(check("f\n1\n", off, "--tolerance", "8e-4").exitCode()).isEqualTo(1);
    assertThat(check("f\n1\n", off, "--tolerance", "0").exitCode()).isEqualTo(1);
  }

  @Test
  void outputsThatAreNoNumbersNeverAgree() throws Exception {
    model = LocalModels.overflowing(folder);
    CommandRun run = check("f\n1\n", "y\n3e38\n", "--tolerance", "1e300");
    assertThat(run.out()).contains("\nGot          Infinity\n").endsWith("\nFAILED\n");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void readsGzip() throws Exception {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(KEYED.getBytes(UTF_8));
    }
    Files.write(x, compressed.toByteArray());
    Files.writeString(y, KEYED_Y);
    assertThat(run().exitCode()).isZero();
    byte[] cut = compressed.toByteArray();
    for (int length : new int[] {5, cut.length - 10, cut.length - 1}) {
      Files.write(x, Arrays.copyOf(cut, length));
      run().isRefused(x + ": expected to read it to its end, got an unexpected end of gzip");
    }
    cut[cut.length - 8] ^= 1;
    Files.write(x, cut);
    run().isRefused(x + ": expected to read it to its end, got Corrupt GZIP trailer");
  }

  @Test
  void severalInputsAndOutputsStandInTheirOrder() throws Exception {
    model = LocalModels.withMore(folder);
    CommandRun run = check("f0,key,f1\n0.5,a,-1\n", "y0,y1,key\n9,-9,a\n");
    assertThat(run.out())
        .contains("\nUnused       norm.scale [0]\n", "output 0 (y0 in line 2 of ")
        .endsWith(
            "\nFAILED\nThe job refuses a file with unused tensors; model convert --drop NAME leaves"
                + " one out.\n");
    String got = run.out().replaceFirst("(?s).*Got +(\\S+).*", "$1");
    run = check("f0,key,f1\n0.5,a,-1\n", "y0,y1,key\n" + got + ",-9,a\n");
    assertThat(run.out()).contains("output 1 (y1 in line 2 of ");
    run = check("f0,key,f1\n0.5,a,-1\n", "y0,y1,key\n9,-9,a\n", "--drop", "norm.scale");
    assertThat(run.out()).endsWith("\nFAILED\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'f,g\n1,2\n' | 'y\n1\n' | columns besides key and step in X: expected 1 (inputSize of the model), got 2: [f, g]",
        "'f\n1\n' | 'key\n1\n' | columns besides key and step in Y: expected 1 (outputs of the model), got 0: []",
        "'f\n1\n2\n3\n' | 'y\n1\n2\n' | Y: expected 3 rows, one for each row of X, or one, got 2",
        "'key,f\na,1\na,2\nb,3\n' | 'y\n1\n2\n' | Y: expected 3 rows, one for each row of X, or 2, one for each key, with a column key, got 2",
        "'key,f\na,1\na,2\nb,3\n' | 'key,y\na,1\nc,2\n' | Y line 3: expected every key of X once, got c",
        "'key,f\na,1\na,2\nb,3\n' | 'key,y\na,1\na,2\n' | Y line 3: expected every key of X once, got a",
        "'key,f\na,1\nb,2\n' | 'key,y\na,1\na,2\n' | Y line 3: expected every key of X once, got a",
        "'key,f\na,1\nb,2\na,3\n' | 'key,y\na,1\na,2\nb,3\n' | Y line 3: expected key b (line 3 of X), got a",
        "'f\n1\n2\n' | 'key,y\na,1\nb,2\n' | Y line 3: expected key a (line 2) in every row, because X has no column key, got b",
        "'' | 'y\n1\n' | X: expected rows below a header line, got none",
        "'f\n' | 'y\n1\n' | X: expected rows below a header line, got none",
        "'0.5\n1\n' | 'y\n1\n' | X line 1: expected a header line with names, got numbers: [0.5]",
        "'f\n1\n1,2\n' | 'y\n1\n' | X line 3: expected 1 columns, got 2",
        "'f\none\n' | 'y\n1\n' | X line 2: column f: expected a number within a float's range, got one",
        "'f\n1e39\n' | 'y\n1\n' | X line 2: column f: expected a number within a float's range, got 1e39",
        "'f\n1\n' | 'y\nnan\n' | Y line 2: column y: expected a number within a float's range, got nan",
        "'key,f\na,\n' | 'y\n1\n' | X line 2: column f: expected a number within a float's range, got nothing",
      })
  void mistakesInTheFilesAreExplained(String inputs, String outputs, String message)
      throws Exception {
    check(inputs, outputs).isRefused(message.replace("X", x.toString()).replace("Y", y.toString()));
  }

  @Test
  void mistakesOnTheCommandLineAreExplained() throws Exception {
    check(KEYED, KEYED_Y, "--tolerance", "-1")
        .isRefused("--tolerance: expected a finite number of 0 or more, got -1.0");
    check(KEYED, KEYED_Y, "--tolerance", "NaN")
        .isRefused("--tolerance: expected a finite number of 0 or more, got NaN");
    check(KEYED, KEYED_Y, "--tolerance", "1e999")
        .isRefused("--tolerance: expected a finite number of 0 or more, got Infinity");
    check(KEYED, KEYED_Y, "--golden", "a", "b")
        .isRefused("--golden: expected it once, with two files, got " + x + " " + y + " a b");
    Files.delete(y);
    run().isRefused("--golden: expected a file, got none at " + y);
    CommandRun one = CommandRun.of("model", "check", model, "--golden", x.toString());
    assertThat(one.err()).startsWith("Error: option '--golden'").contains("at least 2 values");
    assertThat(one.exitCode()).isEqualTo(2);
  }

  /** Output 0 after one step. */
  private String got(String inputs) throws IOException {
    CommandRun run = check(inputs, "y0,y1\n9,0\n");
    assertThat(run.out()).contains("output 0 ");
    return run.out().replaceFirst("(?s).*Got +(\\S+).*", "$1");
  }

  private CommandRun check(String inputs, String outputs, String... more) throws IOException {
    Files.writeString(x, inputs);
    Files.writeString(y, outputs);
    return run(more);
  }

  private CommandRun run(String... more) {
    String[] command = new String[6 + more.length];
    command[0] = "model";
    command[1] = "check";
    command[2] = model;
    command[3] = "--golden";
    command[4] = x.toString();
    command[5] = y.toString();
    System.arraycopy(more, 0, command, 6, more.length);
    return CommandRun.of(command);
  }
}
