package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.math.KernelType;
import io.flinklstm.testing.TestModels;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionTest {

  private static final ModelId MODEL = new ModelId("test", "1", 3, 0xabcL);

  @Test
  void isIdentifiedByItsSourceModelAndHistory() {
    assertThat(prediction(1, new SourcePosition("ticks", 3, 4711)).predictionId())
        .isEqualTo("ticks-3-4711-0000000000000abc-0000000000000def");
    assertThat(prediction(1, new SourcePosition("ticks", 3, 4711).element(2)).predictionId())
        .isEqualTo("ticks-3-4711.2-0000000000000abc-0000000000000def");
    assertThat(prediction(1, null).predictionId()).isNull();
  }

  @Test
  void printsItsForecasts() {
    assertThat(prediction(3, null))
        .hasToString("k@0 READY step 3, last value 1.0, forecasts [1.0]");
  }

  @Test
  void isReadyOnceTheLookbackWasCarried() {
    assertThat(prediction(2, null).status()).isEqualTo(Prediction.Status.WARMING_UP);
    assertThat(prediction(3, null).status()).isEqualTo(Prediction.Status.READY);
    assertThat(prediction(1L << 40, null).status()).isEqualTo(Prediction.Status.READY);
  }

  @Test
  void keepsThePositionOfTheRecordItWasMadeFrom() {
    ModelCard card = TestModels.card(1, TestModels.identityFeatures(1));
    Forecaster forecaster = new Forecaster(TestModels.direct(card), KernelType.PLAIN.create());
    SourceRecord record =
        new SourceRecord(new SourcePosition("ticks", 3, 4711), 0, null, new byte[0], List.of());
    Observation observation =
        new Observation("k", 0, new double[] {1}, Observation.NO_SEQUENCE, record);
    Prediction prediction = (Prediction) forecaster.advance(observation, forecaster.newState());
    assertThat(prediction.source()).isEqualTo(record.position());
    assertThat(prediction.predictionId())
        .startsWith("ticks-3-4711-" + forecaster.modelId().hashString() + "-");
  }

  private static Prediction prediction(long step, SourcePosition source) {
    return new Prediction("k", 0, MODEL, null, 0, step, 1, new double[] {1}, source, 0xdefL);
  }
}
