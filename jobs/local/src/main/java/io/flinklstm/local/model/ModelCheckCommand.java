package io.flinklstm.local.model;

import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.Facts;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmModel;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares a network's outputs with those it gave where it was trained. */
@Command(
    name = "check",
    customSynopsis = {"${COMMAND-FULL-NAME} FILE", "    --golden X.csv Y.csv [OPTION]..."},
    description = {
      "Steps the network over the rows of a CSV file and compares its outputs with those that it"
          + " gave where it was trained. Exit code 0 if they agree, 1 if they differ, 2 after an"
          + " error.",
      "Both files have a header line and may be gzip. The input file has one column for each input"
          + " of the network, in order, already scaled. A column named key gives each key a state"
          + " of its own; a column named step is ignored. The output file has one column for each"
          + " output, and one row for each input row, or one row for each key (one in all if there"
          + " are no keys), which is compared with the output after that key's last row."
    },
    exitCodeOnExecutionException = CommandText.REFUSED,
    mixinStandardHelpOptions = true)
final class ModelCheckCommand implements Callable<Integer> {

  private static final int AGREE = 0;
  private static final int DIFFER = 1;

  @Mixin private ModelFileOptions model;

  @Option(
      names = "--golden",
      arity = "2",
      required = true,
      paramLabel = "X.csv Y.csv",
      hideParamSyntax = true,
      description = "--golden X.csv Y.csv: the file of inputs and the file of outputs.")
  private String[] golden;

  @Option(
      names = "--tolerance",
      defaultValue = "1e-5",
      paramLabel = "NUMBER",
      description =
          "Outputs agree if |difference| <= NUMBER * max(1, |y|). Expect about 1e-6 in float32."
              + " Default: ${DEFAULT-VALUE}.")
  private double tolerance;

  @Override
  public Integer call() {
    if (golden.length != 2) {
      throw new IllegalArgumentException(
          "--golden: expected it once, with two files, got " + String.join(" ", golden));
    }
    if (!(tolerance >= 0 && Double.isFinite(tolerance))) {
      throw new IllegalArgumentException(
          "--tolerance: expected a finite number of 0 or more, got " + tolerance);
    }
    ModelFile file = model.open();
    // All kernels give the same bits, and this one runs in every JVM.
    LstmModel network = new LstmModel(file.weights(), KernelType.PLAIN.create());
    GoldenComparison comparison =
        new GoldenComparison(
            GoldenCsv.read(new InputFile("--golden", golden[0])),
            GoldenCsv.read(new InputFile("--golden", golden[1])),
            network);
    comparison.run(network);
    return print(file, comparison);
  }

  private int print(ModelFile file, GoldenComparison comparison) {
    GoldenComparison.Difference largest = comparison.largest();
    boolean agree = largest.relative() <= tolerance;
    Facts facts = new Facts();
    facts.add("Model", file.name() + ", " + file.format());
    facts.add("Unused", file.unused());
    facts.add("Compared", comparison.scope());
    facts.add("Largest |y|", "" + (float) comparison.largestY());
    facts.add(
        "Difference",
        String.format(
            Locale.ROOT,
            "%.2e at most, allowed %.2e, both relative to max(1, |y|)",
            largest.relative(),
            tolerance));
    facts.add("Where", comparison.place(largest));
    facts.add("Expected", "" + largest.expected());
    facts.add("Got", "" + largest.got());
    facts.print();
    System.out.println(agree ? "PASSED" : "FAILED");
    if (!file.unused().isEmpty()) {
      Terminal.print(
          "The job refuses a file with unused tensors; model convert --drop NAME leaves one out.");
    }
    return agree ? AGREE : DIFFER;
  }
}
