package io.flinklstm.local.model;

import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.InputFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a model file holds, how large the state of a key is and how long a step takes. */
@Command(
    name = "inspect",
    description = {
      "Shows what a model file holds (layers, gate order, parameters, card), how many bytes each"
          + " key's state takes, and how long a step takes on this machine."
    },
    exitCodeOnExecutionException = CommandText.REFUSED,
    mixinStandardHelpOptions = true)
final class ModelInspectCommand implements Runnable {

  @Mixin private ModelFileOptions model;

  @Option(
      names = "--card",
      paramLabel = "CARD",
      description = "The model card, YAML or JSON. Overrides the card in the model file.")
  private String card;

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public void run() {
    ModelFile file = model.open();
    ModelReport report =
        ModelReport.of(
            file,
            card == null
                ? file.card()
                : ModelCardYaml.read(new InputFile("--card", card).read(), card));
    if (json) {
      System.out.print(report.json());
      return;
    }
    report.facts().print();
    if (report.card() == null) {
      System.out.println();
      System.out.println("Write a card template with");
      model.printLine("card", "init", "--out", "card.yaml");
    }
  }
}
