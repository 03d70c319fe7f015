package io.flinklstm.local.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.OutputFile;
import io.flinklstm.local.console.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a model card, to be completed. */
@Command(
    name = "init",
    description = {
      "Writes a model card as YAML with the meaning of every name: of the model's sizes and to be"
          + " completed, or the one that the file carries."
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

  @Option(names = "--force", description = "Overwrite a file that is there.")
  private boolean force;

  @Override
  public void run() {
    if (out == null) {
      System.out.print(ModelCardYaml.template(model.open()));
      return;
    }
    OutputFile output = new OutputFile("--out", out, force);
    output.write(ModelCardYaml.template(model.open()).getBytes(UTF_8));
    Terminal.print("Wrote " + out + ". Complete it, and go on with");
    model.printLine("model", "inspect", "--card", out);
  }
}
