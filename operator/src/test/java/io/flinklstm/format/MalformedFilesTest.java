package io.flinklstm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.testing.TestModels;
import io.flinklstm.testing.TestResources;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that PyTorch wrote, intact and broken: ok_* must load, refuse_* must not. */
class MalformedFilesTest {

  private static final ModelCard CARD = TestModels.card(1, TestModels.identityFeatures(3));

  static List<String> wellFormed() {
    return files("ok_");
  }

  static List<String> malformed() {
    return files("refuse_");
  }

  private static List<String> files(String prefix) {
    return TestResources.list("malformed").stream()
        .filter(file -> file.startsWith(prefix))
        .toList();
  }

  @Test
  void everyFileIsOfOneKind() {
    assertThat(TestResources.list("malformed"))
        .hasSize(wellFormed().size() + malformed().size())
        .hasSizeGreaterThanOrEqualTo(7);
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void loadsWhatIsWellFormed(String file) {
    ForecastModel model = read(file);
    assertThat(model.weights().config()).isEqualTo(new LstmConfig(3, 17, 1, 1));
    assertThat(ModelFiles.read(ModelFiles.write(model), "again").id()).isEqualTo(model.id());
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsMalformedAndSaysWhatWasExpected(String file) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read(file))
        .withMessageContainingAll(file, "expected", "got");
  }

  @ParameterizedTest
  @CsvSource({
    "refuse_bidirectional.safetensors, bidirectional=True",
    "refuse_gru.safetensors, of a GRU",
    "refuse_header_len_huge.safetensors, got 4611686018427387904",
    "refuse_truncated_body.safetensors, bytes of data",
  })
  void namesTheCause(String file, String cause) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read(file))
        .withMessageContaining(cause);
  }

  private static ForecastModel read(String file) {
    byte[] card = ModelCardJson.write(CARD).getBytes(StandardCharsets.UTF_8);
    return ModelFiles.read(TestResources.read("malformed/" + file), file, card, "card.json");
  }
}
