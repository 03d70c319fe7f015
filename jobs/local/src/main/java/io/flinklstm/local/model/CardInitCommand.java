package io.flinklstm.local.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.OutputFile;
import io.flinklstm.local.console.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a model card for the user to complete. */
@Command(
    name = "init",
    description = {
      "Writes a model card as YAML, with comments that explain every name: the card in the model"
          + " file or, if it has none, a template with the model's sizes for you to complete."
    },
    exitCodeOnExecutionException = CommandText.REFUSED,
    mixinStandardHelpOptions = true)
final class CardInitCommand implements Runnable {

  @Mixin private ModelFileOptions model;

  @Option(
      names = "--out",
      paramLabel = "YAML",
      description = "The file to write. Default: standard output.")
  private String out;

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Override
  public void run() {
    if (out == null) {
      System.out.print(ModelCardYaml.template(model.open()));
      return;
    }
    OutputFile output = new OutputFile("--out", out, force);
    output.write(ModelCardYaml.template(model.open()).getBytes(UTF_8));
    Terminal.print("Wrote " + out + ". Complete it, then continue with");
    model.printLine("model", "inspect", "--card", out);
  }
}
