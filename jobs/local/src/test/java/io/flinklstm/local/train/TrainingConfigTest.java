package io.flinklstm.local.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.testing.TickFiles;
import io.flinklstm.train.TrainingOptions;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.Loss;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingConfigTest {

  private static final Path EXAMPLE = Path.of("..", "..", "config", "train.yaml");

  @TempDir private Path folder;

  private TrainingConfig read(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("train.yaml"), text);
    return TrainingConfig.read(new InputFile("--config", file.toString()), Map.of());
  }

  @Test
  void theExampleShowsTheDefaults() throws Exception {
    String example = Files.readString(EXAMPLE);
    TrainingConfig plain = read(example);
    assertThat(plain.options()).isEqualTo(TrainingOptions.defaults(ModelCard.Context.CARRY));
    assertThat(plain.split()).isEqualTo(Split.DEFAULT);
    assertThat(plain.card().gap()).isNull();

    String all = example.replaceAll("(?m)^(  )?# ([a-z_]+: [^#\n]*)", "$1$2");
    assertThat(all).contains("\n  learning_rate: 0.005").contains("\ngap_policy: KEEP");
    TrainingConfig written = read(all.replace("  target_clip: 5", "  # target_clip: 5"));
    assertThat(written.options()).isEqualTo(plain.options());
    assertThat(written.card().gapPolicy()).isEqualTo(plain.card().gapPolicy());

    TrainingConfig window = read(example.replace("context: carry", "context: window"));
    assertThat(window.options()).isEqualTo(TrainingOptions.defaults(ModelCard.Context.WINDOW));
    assertThat(window.options().optimizer().learningRate()).isEqualTo(0.002);
  }

  @Test
  void readsEveryOption() throws Exception {
    TrainingConfig config =
        read(
            TickFiles.CONFIG.replace(
                "training: {epochs: 3, streams: 8, chunk: 20}",
                """
                split: {train: 100, validation: 10, test: 20}
                training:
                  loss: quantile
                  quantile: 0.9
                  target_clip: 4
                  learning_rate: 0.1
                  decay: exponential
                  weight_decay: 0.2
                  max_norm: 0.3
                  averaging: 0
                  epochs: 7
                  patience: 6
                  batch_size: 5
                  streams: 4
                  chunk: 3
                  seed: 2
                """));
    TrainingOptions options = config.options();
    assertThat(options.network()).isEqualTo(new TrainingOptions.Network(8, 1));
    assertThat(options.loss().value(0, 1, 0)).isEqualTo(Loss.quantile(0.9).value(0, 1, 0));
    assertThat(options.targetClip()).isEqualTo(4);
    assertThat(options.optimizer().learningRate()).isEqualTo(0.1);
    assertThat(options.optimizer().decay()).isEqualTo(TrainingOptions.Decay.EXPONENTIAL);
    assertThat(options.optimizer().adam().weightDecay()).isEqualTo(0.2);
    assertThat(options.optimizer().maxNorm()).isEqualTo(0.3);
    assertThat(options.optimizer().averaging()).isZero();
    assertThat(options.batching()).isEqualTo(new TrainingOptions.Batching(5, 4, 3));
    assertThat(options.stopping()).isEqualTo(new TrainingOptions.Stopping(7, 6));
    assertThat(options.seed()).isEqualTo(2);
    assertThat(config.split()).isEqualTo(new Split(100, 10, 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1, 2]", "just text", "name: [", "training: 5", "training:\n"})
  void saysWhereWhatIsNoConfigurationStands(String text) {
    assertThatThrownBy(() -> read(text)).hasMessageContaining("training configuration");
  }
}
