package io.flinklstm.local.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.LocalModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("System.out and System.err belong to the whole JVM.")
class ModelConvertCommandTest {

  @TempDir private Path folder;

  @Test
  void writesModelAndCardAndSaysHowToGoOn() throws Exception {
    String file = LocalModels.withoutCard(folder);
    String out = folder.resolve("my model.safetensors").toString();
    CommandRun run =
        CommandRun.of("model", "convert", file, "--card", card().toString(), "--out", out);
    ForecastModel model = LocalModels.model();
    assertThat(run.out())
        .isEqualTo(
            """
            Read   %s, safetensors, [F32]
            Notes  nn.LSTM "lstm.", linear layer "head.weight"
            Wrote  %2$s, %3$,d bytes
            Holds  small version 3 (%4$s), the same when read back

            Continue with
              lstm model inspect '%2$s'
              lstm submit-local --lstm.kafka.bootstrap-servers \
            localhost:9092 --lstm.model.path '%2$s'
            """
                .formatted(
                    file, out, Files.size(Path.of(out)), LocalModels.model().id().hashString()));
    assertThat(run.exitCode()).as(run.err()).isZero();
    ForecastModel written = ModelFiles.read(Files.readAllBytes(Path.of(out)), out);
    assertThat(written.id()).isEqualTo(model.id());
    assertThat(written.card()).isEqualTo(model.card());
    assertThat(names())
        .containsExactlyInAnyOrder("card.yaml", "my model.safetensors", "plain.safetensors");
  }

  @Test
  void theCardInTheFileWillDo() throws Exception {
    String out = folder.resolve("again").toString();
    CommandRun run = CommandRun.of("model", "convert", LocalModels.withCard(folder), "--out", out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Path.of(out)).hasSameBinaryContentAs(folder.resolve("small.safetensors"));
  }

  @Test
  void overwritesOnlyIfForced() throws Exception {
    String file = LocalModels.withCard(folder);
    Path out = Files.writeString(folder.resolve("out"), "precious");
    CommandRun.of("model", "convert", file, "--out", out.toString())
        .isRefused("--out: expected no file at " + out + ", got one; --force overwrites it");
    assertThat(out).hasContent("precious");
    CommandRun run = CommandRun.of("model", "convert", file, "--out", out.toString(), "--force");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(out).hasSameBinaryContentAs(Path.of(file));
  }

  @Test
  void writesNothingIfThereIsNoModel() throws Exception {
    String out = folder.resolve("out").toString();
    String plain = LocalModels.withoutCard(folder);
    CommandRun.of("model", "convert", plain, "--out", out)
        .isRefused(
            "model card in "
                + plain
                + ": expected one in the file (safetensors metadata model_card) or beside it, got"
                + " none; give one beside it (--card); card init writes one to complete");
    String more = LocalModels.withMore(folder);
    CommandRun.of("model", "convert", more, "--card", card().toString(), "--out", out)
        .isRefused(
            "model file "
                + more
                + ": expected nothing but an nn.LSTM and an nn.Linear, got norm.scale [0] too;"
                + " names do not tell how they are connected: export the model as ONNX, or drop by"
                + " name what no forecast depends on (model convert --drop NAME)");
    CommandRun.of("model", "convert", plain, "--card", "c.yaml", "--out", out)
        .isRefused("--card: expected a file, got none at c.yaml");
    assertThat(Path.of(out)).doesNotExist();
  }

  @Test
  void placesThatCannotBeWrittenToAreRefused() throws Exception {
    String file = LocalModels.withCard(folder);
    CommandRun.of("model", "convert", file, "--out", folder.toString())
        .isRefused("--out: expected a file, got the folder " + folder);
    Path nowhere = folder.resolve("no").resolve("m.safetensors");
    CommandRun.of("model", "convert", file, "--out", nowhere.toString())
        .isRefused(
            "--out "
                + nowhere
                + ": expected a folder to write it to, got none at "
                + folder.resolve("no"));
    Path longest = folder.resolve("m".repeat(300));
    CommandRun run = CommandRun.of("model", "convert", file, "--out", longest.toString());
    assertThat(run.err())
        .startsWith("Error: --out: expected to write " + longest + ", got java.nio")
        .hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(names()).containsExactly("small.safetensors");
  }

  @Test
  void filesBesideItStay() throws Exception {
    String file = LocalModels.withCard(folder);
    Path part = Files.writeString(folder.resolve("out.part"), "precious");
    CommandRun run =
        CommandRun.of("model", "convert", file, "--out", folder.resolve("out").toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(part).hasContent("precious");
    assertThat(names()).containsExactlyInAnyOrder("small.safetensors", "out", "out.part");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkIsWrittenThrough() throws Exception {
    String file = LocalModels.withCard(folder);
    Path there = Files.createDirectory(folder.resolve("there"));
    Path target = Files.writeString(there.resolve("target"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("there", "target"));
    CommandRun.of("model", "convert", file, "--out", link.toString())
        .isRefused("--out: expected no file at " + link + ", got one; --force overwrites it");
    CommandRun run = CommandRun.of("model", "convert", file, "--out", link.toString(), "--force");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(link).isSymbolicLink();
    assertThat(target).hasSameBinaryContentAs(Path.of(file));
    assertThat(there).isDirectoryNotContaining(path -> !path.equals(target));
    Files.delete(target);
    CommandRun.of("model", "convert", file, "--out", link.toString(), "--force")
        .isRefused("--out: expected a file or none, got a dangling link at " + link);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void permissionsAreThoseOfANewFileOrOfTheOldOne() throws Exception {
    String file = LocalModels.withCard(folder);
    Path out = folder.resolve("out");
    CommandRun run = CommandRun.of("model", "convert", file, "--out", out.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Files.getPosixFilePermissions(out))
        .isEqualTo(Files.getPosixFilePermissions(Files.createFile(folder.resolve("new"))));
    var readOnly = PosixFilePermissions.fromString("r--r-----");
    Files.setPosixFilePermissions(out, readOnly);
    run = CommandRun.of("model", "convert", file, "--out", out.toString(), "--force");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Files.getPosixFilePermissions(out)).isEqualTo(readOnly);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void devicesAreNotReplaced() throws Exception {
    String file = LocalModels.withCard(folder);
    CommandRun.of("model", "convert", file, "--out", "/dev/null", "--force")
        .isRefused("--out: expected a file, got a device or pipe at /dev/null");
  }

  private Path card() throws IOException {
    return Files.writeString(
        folder.resolve("card.yaml"),
        ModelCardYaml.write(LocalModels.card(ModelCard.Context.CARRY)));
  }

  private String[] names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toArray(String[]::new);
    }
  }
}
