package io.flinklstm.local.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.ticks.Tick;
import io.flinklstm.math.KernelType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundledModelTest {

  /**
   * A hash of every bit of every forecast for the bundled trades, with the state carried through
   * all of them. It is the same on every JVM; it changes only when the model or the contract of the
   * arithmetic does.
   */
  private static final long BITS_OF_ALL_FORECASTS = 0x757d15c6df3cd0e3L;

  @Test
  void givesTheSameBitsOnEveryMachine() throws Exception {
    Forecaster forecaster = new Forecaster(DemoData.model(), KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    long hash = 0;
    for (Tick tick : DemoData.trades(100_000)) {
      Prediction prediction = (Prediction) forecaster.advance(observation(tick), state);
      for (double forecast : prediction.forecasts()) {
        hash = 31 * hash + Double.doubleToRawLongBits(forecast);
      }
    }
    assertThat(Long.toHexString(hash)).isEqualTo(Long.toHexString(BITS_OF_ALL_FORECASTS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/records.md", "docs/consuming.md"})
  void givesTheIdThatTheDocumentsShow(String document) throws Exception {
    Forecaster forecaster = new Forecaster(DemoData.model(), KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    String id = null;
    long offset = 0;
    for (Tick tick : DemoData.trades(99_996)) {
      Observation observation =
          LocalKafka.at(observation(tick), new SourcePosition("ticks", 1, offset++));
      id = ((Prediction) forecaster.advance(observation, state)).predictionId();
    }
    assertThat(Files.readString(Path.of("..", "..").resolve(document))).contains(id);
  }

  private static Observation observation(Tick tick) {
    return Observation.of(
        tick.key(),
        tick.eventTime(),
        Double.parseDouble(tick.values().get(0)),
        Double.parseDouble(tick.values().get(1)));
  }
}
