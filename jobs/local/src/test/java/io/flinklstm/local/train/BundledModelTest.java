package io.flinklstm.local.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.ticks.Tick;
import io.flinklstm.math.KernelType;
import org.junit.jupiter.api.Test;

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
      Prediction prediction =
          (Prediction)
              forecaster.advance(
                  Observation.of(
                      tick.key(),
                      tick.eventTime(),
                      Double.parseDouble(tick.values().get(0)),
                      Double.parseDouble(tick.values().get(1))),
                  state);
      for (double forecast : prediction.forecasts()) {
        hash = 31 * hash + Double.doubleToRawLongBits(forecast);
      }
    }
    assertThat(Long.toHexString(hash)).isEqualTo(Long.toHexString(BITS_OF_ALL_FORECASTS));
  }
}
