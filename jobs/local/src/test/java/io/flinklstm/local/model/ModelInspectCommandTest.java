package io.flinklstm.local.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.LocalModels;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.StreamStateSerializer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("System.out and System.err belong to the whole JVM.")
class ModelInspectCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KERNEL = KernelType.AUTO.create().name();

  @TempDir private Path folder;

  @Test
  void saysWhatAFileWithCardHolds() throws Exception {
    String file = LocalModels.withCard(folder);
    String hash = LocalModels.model().id().hashString();
    assertThat(inspect(file))
        .isEqualTo(
            """
            File        %s
            Format      safetensors, [F32]
            Gate order  i,f,g,o
            Layer 0     2 x 4, biases, initial state zero
            Layer 1     4 x 4, biases, initial state zero
            Head        4 x 2, bias
            Parameters  298 (1,192 bytes)
            Notes       nn.LSTM "lstm.", linear layer "head.weight"
            Unused      none
            Card        small version 3 (%s)
                        target return, horizon 2, lookback 5
                        fields price, amount
            State       157 bytes per key (context carry)
            Step        232 multiply-adds, N microseconds with kernel %s, measured on this machine
            """
                .formatted(file, hash, KERNEL));
  }

  @Test
  void saysWhatAFileWithoutCardHoldsAndHowToWriteOne() throws Exception {
    String file = LocalModels.fading(folder);
    assertThat(inspect(file))
        .isEqualTo(
            """
            File        %1$s
            Format      safetensors, [F32]
            Gate order  i,f,g,o
            Layer 0     1 x 1, no biases, initial state given
            Head        1 x 1, bias
            Parameters  12 (48 bytes)
            Notes       nn.LSTM "", linear layer "weight"
            Unused      none
            Card        none
            State       93 bytes per key (assumed: context carry, one feature per input)
            Step        9 multiply-adds, N microseconds with kernel %2$s, measured on this machine

            Write a card template with
              lstm card init %1$s --out card.yaml
            """
                .formatted(file, KERNEL));
  }

  @Test
  void theCardBesideTheFileTakesPrecedence() throws Exception {
    Path card = folder.resolve("card.yaml");
    Files.writeString(card, ModelCardYaml.write(LocalModels.card(ModelCard.Context.WINDOW)));
    String screen = inspect(LocalModels.withCard(folder), "--card", card.toString());
    assertThat(screen)
        .contains("State       170 bytes per key (context window of 5)\n")
        .endsWith("            5 steps per observation\n");
  }

  @Test
  void aRollOutCostsAStepForEveryFurtherHorizonStep() throws Exception {
    Path card = folder.resolve("card.json");
    Files.writeString(
        card,
        """
        {"name": "m", "version": "1", "lookback": 1, "horizon": 3, "target": "f",
         "features": [{"name": "f", "formula": "price", "mean": 0, "std": 1}]}
        """);
    assertThat(inspect(LocalModels.fading(folder), "--card", card.toString()))
        .endsWith("            3 steps per observation\n");
  }

  @Test
  void listsWhatHasNoPlaceInAModelUntilItIsDropped() throws Exception {
    String file = LocalModels.withMore(folder);
    assertThat(inspect(file))
        .contains(
            """
            Unused      norm.scale [0]
                        not usable while these remain; --drop TENSOR if no forecast depends on it
            """);
    assertThat(inspect(file, "--drop", "norm.scale"))
        .contains(
            "            dropped: norm.scale\n",
            "Unused      none\n",
            " card init " + file + " --drop norm.scale --out card.yaml\n");
    CommandRun.of("model", "inspect", file, "--drop", "norm")
        .isRefused("norm in " + file + ": expected a tensor to drop, got none of that name");
  }

  @Test
  void saysTheSameAsJson() throws Exception {
    String file = LocalModels.withCard(folder);
    CommandRun run = CommandRun.of("model", "inspect", "--json", file);
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = JSON.readTree(run.out());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "file",
            "format",
            "gate_order",
            "input_size",
            "hidden_size",
            "output_size",
            "layers",
            "head_bias",
            "revin_features",
            "parameters",
            "parameter_bytes",
            "notes",
            "unused",
            "card",
            "model_hash",
            "context",
            "context_assumed",
            "state_bytes_per_key",
            "step_multiply_adds",
            "step_microseconds",
            "kernel",
            "steps_per_observation");
    assertThat(json.path("file").textValue()).isEqualTo(file);
    assertThat(json.path("layers").toString())
        .isEqualTo(
            "[{\"input_size\":2,\"hidden_size\":4,\"biases\":true,\"initial_state\":\"zero\"},"
                + "{\"input_size\":4,\"hidden_size\":4,\"biases\":true,\"initial_state\":\"zero\"}]");
    assertThat(json.path("card").path("features")).hasSize(2);
    assertThat(json.path("model_hash").textValue())
        .isEqualTo(LocalModels.model().id().hashString());
    assertThat(json.path("context").textValue()).isEqualTo("carry");
    assertThat(json.path("context_assumed").booleanValue()).isFalse();
    assertThat(json.path("state_bytes_per_key").intValue()).isEqualTo(157);
    assertThat(json.path("step_microseconds").doubleValue()).isPositive();
  }

  @Test
  void everyNameOfTheJsonIsDocumented() throws Exception {
    String document = Files.readString(Path.of("..", "..", "docs", "model-files.md"));
    JsonNode json =
        JSON.readTree(
            CommandRun.of("model", "inspect", "--json", LocalModels.fading(folder)).out());
    assertThat(json.fieldNames())
        .toIterable()
        .allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
  }

  @Test
  void withoutCardTheJsonSaysSo() throws Exception {
    JsonNode json =
        JSON.readTree(
            CommandRun.of("model", "inspect", "--json", LocalModels.fading(folder)).out());
    assertThat(json.path("card").isNull()).isTrue();
    assertThat(json.path("model_hash").isNull()).isTrue();
    assertThat(json.path("context_assumed").booleanValue()).isTrue();
    assertThat(json.path("layers").get(0).path("initial_state").textValue()).isEqualTo("given");
  }

  @ParameterizedTest
  @EnumSource(ModelCard.Context.class)
  void theStateIsAsLargeAsThatOfTheJob(ModelCard.Context context) throws Exception {
    Path card = folder.resolve("card.yaml");
    Files.writeString(card, ModelCardYaml.write(LocalModels.card(context)));
    CommandRun run =
        CommandRun.of(
            "model", "inspect", "--json", LocalModels.withCard(folder), "--card", card.toString());
    ForecastModel model = new ForecastModel(LocalModels.weights(), LocalModels.card(context));
    DataOutputSerializer out = new DataOutputSerializer(16);
    new StreamStateSerializer()
        .serialize(new Forecaster(model, KernelType.PLAIN.create()).newState(), out);
    assertThat(JSON.readTree(run.out()).path("state_bytes_per_key").intValue())
        .isEqualTo(out.length());
  }

  @Test
  void filesThatAreNotThereAreNamedAsTheUserWroteThem() throws Exception {
    String file = LocalModels.withCard(folder);
    inspectRefused("model file: expected a file, got none at ./no//model", "./no//model");
    inspectRefused("model file: expected a file, got the folder " + folder, folder.toString());
    inspectRefused("--card: expected a file, got none at c.yaml", file, "--card", "c.yaml");
    inspectRefused("--keras-config: expected a file, got none at c", file, "--keras-config", "c");
    inspectRefused("--input W: expected a file, got none at W.pb", file, "--input", "W=W.pb");
  }

  @Test
  void filesThatAreTooLongAreRefused() throws Exception {
    Path file = folder.resolve("long");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3_000_000_000L);
    }
    inspectRefused(
        "model file: expected at most 2 GB, got 3,000,000,000 bytes in " + file, file.toString());
  }

  @Test
  void aCardThatDoesNotFitIsExplained() throws Exception {
    String file = LocalModels.withCard(folder);
    String card = Files.writeString(folder.resolve("card.yaml"), "name: a\nname: b\n").toString();
    inspectRefused(
        "model card in "
            + card
            + " line 2 column 1: expected valid YAML, got: found duplicate key name",
        file,
        "--card",
        card);
    Files.writeString(
        Path.of(card), ModelCardYaml.write(LocalModels.card(ModelCard.Context.CARRY)));
    inspectRefused(
        "model "
            + LocalModels.fading(folder)
            + ": features of the card: expected 1 (inputSize of the weights), got 2",
        LocalModels.fading(folder),
        "--card",
        card);
  }

  @Test
  void whatTorchSavesIsExplainedInLinesThatCanBeCopied() throws Exception {
    Path file = Files.write(folder.resolve("w.pt"), List.of("PK\u0003\u0004..."));
    CommandRun run = CommandRun.of("model", "inspect", file.toString());
    assertThat(run.err())
        .startsWith("Error: model file " + file + ": expected a safetensors, ONNX or Keras file")
        .contains("\n  import torch; from safetensors.torch import save_file\n")
        .hasLineCount(5);
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inspect", "convert", "check"})
  void aMissingFileArgumentNamesTheWholeCommand(String command) {
    CommandRun run = CommandRun.of("model", command);
    assertThat(run.err())
        .startsWith("Error: Missing required")
        .endsWith("Try: lstm model " + command + " --help\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  private static String inspect(String... arguments) throws IOException {
    CommandRun run = CommandRun.of(command(arguments));
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run.out().replaceAll("[0-9.]+ microseconds", "N microseconds");
  }

  private static void inspectRefused(String message, String... arguments) {
    CommandRun.of(command(arguments)).isRefused(message);
  }

  private static String[] command(String... arguments) {
    String[] command = new String[arguments.length + 2];
    command[0] = "model";
    command[1] = "inspect";
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    return command;
  }
}
