package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.ForecastModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelLoaderTest {

  private static final Path MODEL = Path.of("..", "config", "model", "bitstamp-btcusd.safetensors");

  /** One model in every format. */
  private static final Path FORMATS = Path.of("..", "operator", "src", "test", "resources", "same");

  @TempDir private Path folder;

  @Test
  void readsTheBundledModelByPathAndByUri() {
    ForecastModel model = load(MODEL.toString());
    assertThat(model.card().name()).isEqualTo("bitstamp-btcusd");
    assertThat(load(MODEL.toAbsolutePath().toUri().toString()).id()).isEqualTo(model.id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "step.onnx", "model.keras", "model.h5"})
  void readsEveryFormatWithACardBesideIt(String name) throws Exception {
    Path card =
        Files.writeString(
            folder.resolve("card.yaml"),
            """
            name: beside
            version: "2"
            lookback: 5
            horizon: 2
            features:
              - {name: a, formula: price, transform: log_return, mean: 0, std: 1}
              - {name: b, formula: amount, transform: log1p, mean: 0, std: 1}
              - {name: c, formula: elapsed(), mean: 0, std: 1}
            target: a
            """);
    ForecastModel model =
        load(FORMATS.resolve(name).toString(), "--lstm.model.card", card.toString());
    assertThat(model.card().name()).isEqualTo("beside");
    assertThat(model.weights().config().numLayers()).isEqualTo(2);
  }

  @Test
  void aFileWithoutCardSaysHowToGiveOne() {
    assertThatThrownBy(() -> load(FORMATS.resolve("step.onnx").toString()))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.model.path: model card in ")
        .hasMessageEndingWith(
            "got none; give one beside it (lstm.model.card); card init writes one to complete");
  }

  @Test
  void missingFileNamesTheOption() {
    assertThatThrownBy(() -> load(folder.resolve("missing").toString()))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.model.path: expected to read " + folder.resolve("missing"));
  }

  @Test
  void folderNamesTheOption() {
    assertThatThrownBy(() -> load(folder.toString()))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage("lstm.model.path: expected a file, got the folder " + folder);
  }

  @Test
  void unknownFileSystemNamesTheOption() {
    assertThatThrownBy(() -> load("nosuch://bucket/model"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.model.path: expected to read nosuch://bucket/model");
  }

  @Test
  void fileThatIsNoModelNamesTheOption() throws Exception {
    Path file = Files.writeString(folder.resolve("notes.txt"), "these are notes, not weights");
    assertThatThrownBy(() -> load(file.toString()))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.model.path: ")
        .hasMessageContaining("notes.txt");
  }

  @Test
  void missingCardNamesTheOption() {
    assertThatThrownBy(
            () -> load(MODEL.toString(), "--lstm.model.card", folder.resolve("card").toString()))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.model.card: expected to read ");
  }

  private static ForecastModel load(String path, String... more) {
    String[] arguments = new String[4 + more.length];
    arguments[0] = "--lstm.kafka.bootstrap-servers";
    arguments[1] = "localhost:9";
    arguments[2] = "--lstm.model.path";
    arguments[3] = path;
    System.arraycopy(more, 0, arguments, 4, more.length);
    return ModelLoader.load(ForecastJobConfig.fromArguments(arguments));
  }
}
