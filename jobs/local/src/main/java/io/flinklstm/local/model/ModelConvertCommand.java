package io.flinklstm.local.model;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.Facts;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.console.OutputFile;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a model and its card as the one safetensors file that the job reads. */
@Command(
    name = "convert",
    description = {
      "Writes a model and its card as one safetensors file, which is all that the job needs."
    },
    exitCodeOnExecutionException = CommandText.REFUSED,
    mixinStandardHelpOptions = true)
final class ModelConvertCommand implements Runnable {

  @Mixin private ModelFileOptions model;

  @Option(
      names = "--card",
      paramLabel = "CARD",
      description =
          "The model card, YAML or JSON. Overrides the card in the model file; required if there is"
              + " none.")
  private String card;

  @Option(
      names = "--out",
      paramLabel = "SAFETENSORS",
      required = true,
      description = "The file to write.")
  private String out;

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Override
  public void run() {
    OutputFile output = new OutputFile("--out", out, force);
    ModelFile file = model.open();
    ForecastModel forecastModel =
        card == null
            ? file.model()
            : file.model(ModelCardYaml.read(new InputFile("--card", card).read(), card));
    byte[] bytes = ModelFiles.write(forecastModel);
    if (!ModelFiles.read(bytes, out).id().equals(forecastModel.id())) {
      throw new IllegalStateException(
          out + ": expected to hold " + forecastModel.id() + ", got another model; please report");
    }
    output.write(bytes);
    print(file, forecastModel, bytes.length);
  }

  private void print(ModelFile file, ForecastModel forecastModel, int size) {
    Facts facts = new Facts();
    facts.add("Read", file.name() + ", " + file.format());
    facts.add("Notes", file.notes());
    facts.add("Wrote", String.format(Locale.ROOT, "%s, %,d bytes", out, size));
    facts.add("Holds", forecastModel.id() + ", the same when read back");
    facts.print();
    System.out.println();
    System.out.println("Continue with");
    CommandText.print("model", "inspect", out);
    CommandText.print(
        "submit-local",
        "--lstm.kafka.bootstrap-servers",
        "localhost:9092",
        "--lstm.model.path",
        out);
  }
}
