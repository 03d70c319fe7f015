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

/** Compares a network with what it said where it was trained. */
@Command(
    name = "check",
    customSynopsis = {"${COMMAND-FULL-NAME} FILE", "    --golden X.csv Y.csv [OPTION]..."},
    description = {
      "Steps the network over the rows of a CSV file and compares its outputs with those that it"
          + " had where it was trained. Exit code 0 if they agree, 1 if not, 2 after a mistake.",
      "Both files have a header line and may be gzip. The inputs are what the network itself reads,"
          + " scaled: one column for each, in order. A column key gives every key a state of its"
          + " own; a column step is ignored. The outputs: one column for each, and a row for"
          + " each row of inputs, or one row for each key (for a single one without keys too),"
          + " which is compared with the key's last."
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
      description = "--golden X.csv Y.csv: the file of the inputs and that of the outputs.")
  private String[] golden;

  @Option(
      names = "--tolerance",
      defaultValue = "1e-5",
      paramLabel = "NUMBER",
      description =
          "Outputs agree if |difference| <= NUMBER * max(1, |y|). Those of float32 agree to about"
              + " 1e-6. Default: ${DEFAULT-VALUE}.")
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
    // The kernels give the same bits, and this one is in every JVM.
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
            "%.2e at most, allowed %.2e, both times max(1, |y|)",
            largest.relative(),
            tolerance));
    facts.add("Where", comparison.place(largest));
    facts.add("Expected", "" + largest.expected());
    facts.add("Got", "" + largest.got());
    facts.print();
    System.out.println(agree ? "PASSED" : "FAILED");
    if (!file.unused().isEmpty()) {
      Terminal.print(
          "The job refuses the file as long as there are unused tensors; model convert --drop NAME"
              + " leaves one out.");
    }
    return agree ? AGREE : DIFFER;
  }
}
