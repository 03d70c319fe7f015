package io.flinklstm.local.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.LocalModels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("System.out and System.err belong to the whole JVM.")
class CardInitCommandTest {

  @TempDir private Path folder;

  @Test
  void writesACardOfTheModelsSizesThatCanBeUsedAsItStands() throws Exception {
    String file = LocalModels.withoutCard(folder);
    Path out = folder.resolve("card.yaml");
    CommandRun run = CommandRun.of("card", "init", file, "--out", out.toString());
    assertThat(run.out())
        .isEqualTo(
            """
            Wrote %2$s. Complete it, then continue with
              lstm model inspect %1$s --card %2$s
            """
                .formatted(file, out));
    assertThat(run.exitCode()).as(run.err()).isZero();
    ModelCard card = ModelCardYaml.read(Files.readAllBytes(out), "card.yaml");
    assertThat(card.name()).isEqualTo("plain");
    assertThat(card.horizon()).isEqualTo(2);
    assertThat(card.features()).extracting(Feature::name).containsExactly("feature0", "feature1");
    run = CommandRun.of("model", "inspect", file, "--card", out.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void withoutOutItIsPrinted() throws Exception {
    CommandRun run = CommandRun.of("card", "init", LocalModels.withCard(folder));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("# The model card in " + folder.resolve("small.safetensors") + "\n")
        .endsWith(ModelCardYaml.write(LocalModels.card(ModelCard.Context.CARRY)));
  }

  @Test
  void overwritesOnlyIfForced() throws Exception {
    String file = LocalModels.withCard(folder);
    Path out = Files.writeString(folder.resolve("card.yaml"), "precious");
    CommandRun.of("card", "init", file, "--out", out.toString())
        .isRefused("--out: expected no file at " + out + ", got one; --force overwrites it");
    assertThat(out).hasContent("precious");
    CommandRun run = CommandRun.of("card", "init", file, "--out", out.toString(), "--force");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(ModelCardYaml.read(Files.readAllBytes(out), "card.yaml").name()).isEqualTo("small");
  }

  @Test
  void aFileThatIsNoModelIsRefused() {
    CommandRun.of("card", "init", folder.toString())
        .isRefused("model file: expected a file, got the folder " + folder);
  }
}
