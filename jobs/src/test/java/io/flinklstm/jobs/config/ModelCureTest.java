package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.format.weights.ModelFileException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCureTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "NOTHING|got none",
        "CARD|got none; give one beside it (--card); card init writes one to complete",
        "KERAS_CONFIG|got none with model convert --keras-config",
        "ONNX_INPUT|got none with model convert --input NAME=FILE.pb",
        "DROP|got none (model convert --drop NAME)",
      })
  void everyLackHasItsCure(ModelFileException.Lack lack, String message) {
    assertThat(ModelCure.message(new ModelFileException("got none", lack), "--card"))
        .isEqualTo(message);
  }
}
