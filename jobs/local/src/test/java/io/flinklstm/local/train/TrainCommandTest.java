package io.flinklstm.local.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.TickFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest {

  @TempDir private Path folder;

  private Path data;
  private Path config;
  private Path out;

  @BeforeEach
  void writeFiles() throws Exception {
    data = TickFiles.csv(folder.resolve("ticks.csv.gz"), 500, "a", "b");
    config = Files.writeString(folder.resolve("train.yaml"), TickFiles.CONFIG);
    out = folder.resolve("model.safetensors");
  }

  private CommandRun train(String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("train", "--data", data.toString(), "--key-field", "symbol"));
    arguments.addAll(List.of("--time-field", "ts", "--time-format", "s"));
    arguments.addAll(List.of("--config", config.toString(), "--out", out.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void writesAModelWithItsCardAndWhereItComesFrom() throws Exception {
    CommandRun run = train();
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("1,000 observations of 2 streams, 2020-09-13T12:26:40Z to 2020-09-13T12:34:59Z")
        .contains("700 rows to train, 100 to validate, 200 to test")
        .contains("return: log_return of price, mean ")
        .contains("LSTM, 1 layer of 8, 370 parameters")
        .contains("carried, chunks of 20")
        .contains("3/3")
        .contains("the model of epoch 3 is in " + out);

    ForecastModel model = ModelFiles.read(Files.readAllBytes(out), "model");
    ModelCard card = model.card();
    assertThat(model.weights().config().hiddenSize()).isEqualTo(8);
    assertThat(card.name()).isEqualTo("small");
    assertThat(card.context()).isEqualTo(ModelCard.Context.CARRY);
    assertThat(card.features().get(0).std()).isBetween(0.0009, 0.0013);
    JsonNode provenance = new ObjectMapper().readTree(card.provenance());
    assertThat(provenance.path("data_rows").asInt()).isEqualTo(1000);
    assertThat(provenance.path("data_sha256").asText()).hasSize(64);
    assertThat(provenance.path("split").path("validation").asDouble()).isEqualTo(0.1);
    assertThat(provenance.path("training").path("chunk").asInt()).isEqualTo(20);
    assertThat(provenance.path("best_epoch").asInt()).isEqualTo(3);
    assertThat(provenance.path("validation_loss").asDouble()).isBetween(0.5, 1.5);
    assertThat(folder.resolve("model.safetensors.checkpoint")).doesNotExist();
  }

  @Test
  void givesTheSameBytesAgainAndOthersForAnotherSeed() throws Exception {
    train();
    byte[] first = Files.readAllBytes(out);
    assertThat(train("--force", "--threads", "3").exitCode()).isZero();
    assertThat(Files.readAllBytes(out)).isEqualTo(first);
    assertThat(train("--force", "--seed", "2").exitCode()).isZero();
    assertThat(Files.readAllBytes(out)).isNotEqualTo(first);
  }

  @Test
  void goesOnFromACheckpointToTheSameBytes() throws Exception {
    train();
    byte[] whole = Files.readAllBytes(out);
    byte[] checkpoint = checkpointOfFirstEpoch();
    assertThat(train("--force").exitCode()).isZero();

    Path file = folder.resolve("model.safetensors.checkpoint");
    Files.write(file, checkpoint);
    CommandRun without = train("--out", folder.resolve("other").toString());
    assertThat(without.exitCode()).isNotZero();
    Files.delete(out);
    assertThat(train().err()).contains("--resume continues from it, --force starts from scratch");
    assertThat(train("--resume", "--seed", "9").err())
        .contains("expected one of this training, with training.seed 9, got one with none");

    CommandRun resumed = train("--resume");
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.out()).doesNotContain("\n1/3").contains("\n2/3").contains("\n3/3");
    assertThat(Files.readAllBytes(out)).isEqualTo(whole);
    assertThat(file).doesNotExist();
  }

  /** As left by a process that is killed during its second epoch. */
  private byte[] checkpointOfFirstEpoch() {
    TrainingConfig plan =
        TrainingConfig.read(new InputFile("--config", config.toString()), java.util.Map.of());
    return CheckpointBytes.after(1, plan, data, folder);
  }

  @Test
  void tellsOfRowsThatTheJobWouldLeaveOut() throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(TickFiles.csv(out, 500, "a", "b")));
    Files.delete(out);
    java.util.Collections.swap(lines, 101, 301);
    data = Files.write(folder.resolve("shuffled.csv"), lines);
    assertThat(train().out()).contains("of 1,000 rows are left out, as in the job:");
    java.util.Collections.reverse(lines.subList(1, lines.size()));
    Files.write(data, lines);
    assertThat(train("--force").err())
        .contains("are the rows of each stream in the order of time?");
  }

  @Test
  void writesEveryFileOnce() {
    assertThat(train("--json", out.toString()).err())
        .contains("files to write: expected different names");
  }

  @Test
  void resumeNeedsACheckpoint() {
    assertThat(train("--resume").err())
        .contains("--resume: expected a checkpoint at " + out + ".checkpoint, got none");
  }

  @Test
  void keepsAModelThatIsThereAlready() throws Exception {
    Files.writeString(out, "precious");
    CommandRun run = train();
    assertThat(run.err()).contains("--force overwrites it");
    assertThat(run.exitCode()).isNotZero();
    assertThat(out).hasContent("precious");
  }

  @Test
  void keepsTheCheckpointIfThereIsTooLittleToTrainOn() throws Exception {
    Path checkpoint = Files.writeString(folder.resolve("model.safetensors.checkpoint"), "precious");
    Files.writeString(
        config,
        TickFiles.CONFIG.replace("lookback: 10", "lookback: 400").replace("carry", "window"));
    assertThat(train("--force").err()).contains("training rows");
    assertThat(checkpoint).hasContent("precious");
  }

  @Test
  void optionsReplaceNoSectionThatIsWrong() throws Exception {
    Files.writeString(config, TickFiles.CONFIG.replaceFirst("training: .*", "training: [3]"));
    assertThat(train("--epochs", "1").err()).contains("training of").contains("expected an object");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lookback: 10            | lookback: ten           | lookback
          epochs: 3               | epochs: 0               | epochs: expected 1 or more, got 0
          epochs: 3               | epochz: 3               | epochz
          network:                | netwrok:                | netwrok
          hidden_size: 8          | hidden_size: -8         | hidden_size: expected 1 or more, got -8
          transform: log_return   | transform: log          | transform
          transform: log_return   | transform: revin        | context: expected window for transform revin
          target: return          | target: price           | target: expected the name of a feature
          formula: price          | formula: bid            | expected a column named bid
          epochs: 3               | quantile: 0.5           | expected it with loss: quantile only, got MSE
          epochs: 3               | loss: l3                | loss
          epochs: 3               | seed: 1.5               | seed
          transform: log_return   | transform: log_return, mean: 1 | std
          """)
  void saysWhatIsWrongWithTheConfiguration(String before, String after, String message)
      throws Exception {
    assertThat(TickFiles.CONFIG).contains(before);
    Files.writeString(config, TickFiles.CONFIG.replace(before, after));
    CommandRun run = train();
    assertThat(run.err()).startsWith("Error: ").contains(message);
    assertThat(run.err().strip()).doesNotContain("\n");
    assertThat(run.exitCode()).isNotZero();
    assertThat(out).doesNotExist();
  }

  @Test
  void keepsTheBestOfATrainingThatFails() throws Exception {
    Files.writeString(
        config,
        TickFiles.CONFIG.replace(
            "epochs: 3", "epochs: 9, learning_rate: 3.0e+37, decay: constant, averaging: 0"));
    CommandRun run = train();
    assertThat(run.err()).contains("expected a finite number").contains("learning_rate");
    assertThat(run.exitCode()).isNotZero();
  }

  @Test
  void needsAThread() {
    assertThat(train("--threads", "0").err()).contains("--threads: expected 1 or more, got 0");
  }

  @Test
  void takesScalersThatAreGivenAndRollsNothingOut() throws Exception {
    Files.writeString(
        config,
        TickFiles.CONFIG.replace(
            "transform: log_return", "transform: log_return, mean: 0.5, std: 2, clip: 3"));
    assertThat(train().exitCode()).isZero();
    ModelCard card = ModelFiles.read(Files.readAllBytes(out), "model").card();
    assertThat(card.features().get(0).mean()).isEqualTo(0.5);
    assertThat(card.features().get(0).std()).isEqualTo(2);
    assertThat(card.features().get(0).clip()).isEqualTo(3);
  }

  @Test
  void trainsForWindowsToo() throws Exception {
    Files.writeString(
        config,
        TickFiles.CONFIG
            .replace("context: carry", "context: window")
            .replace("log_return", "revin")
            .replace("epochs: 3", "epochs: 2, loss: huber, huber_delta: 0.5"));
    CommandRun run = train();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("independent windows of 10").contains("2/2");
    ModelCard card = ModelFiles.read(Files.readAllBytes(out), "model").card();
    assertThat(card.context()).isEqualTo(ModelCard.Context.WINDOW);
    assertThat(card.features().get(0).mean()).isBetween(50.0, 200.0);
  }

  @Test
  void retrainsTheBundledModelToTheSameBytes() throws Exception {
    Path bundled = Path.of("..", "..", "config");
    CommandRun run =
        CommandRun.of(
            "train",
            "--data",
            bundled.resolve("data/bitstamp_trades_from_20131125_usd.csv.gz").toString(),
            "--key",
            "BTCUSD",
            "--time-field",
            "timestamp",
            "--time-format",
            "s",
            "--config",
            bundled.resolve("model/train.yaml").toString(),
            "--out",
            out.toString());
    assertThat(run.err()).isEmpty();
    assertThat(Files.readAllBytes(out))
        .isEqualTo(Files.readAllBytes(bundled.resolve("model/bitstamp-btcusd.safetensors")));
  }
}
