package io.flinklstm.testing;

import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.model.LstmState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bits of numbers, for tests in which the same arithmetic must come out the same. */
public final class Bits {

  private Bits() {}

  public static int[] of(float... values) {
    int[] bits = new int[values.length];
    for (int k = 0; k < values.length; k++) {
      bits[k] = Float.floatToRawIntBits(values[k]);
    }
    return bits;
  }

  public static long[] of(double... values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  /** h and c of every layer. */
  public static List<String> of(LstmState state) {
    List<String> bits = new ArrayList<>();
    for (int l = 0; l < state.numLayers(); l++) {
      bits.add("h" + l + Arrays.toString(of(state.h(l))));
      bits.add("c" + l + Arrays.toString(of(state.c(l))));
    }
    return bits;
  }

  /** Everything that a stream remembers. */
  public static List<String> of(StreamState state) {
    List<String> bits = new ArrayList<>(of(state.lstm()));
    bits.add("lastValues " + Arrays.toString(of(state.lastValues())));
    bits.add("window " + Arrays.toString(of(state.window())));
    bits.add("steps " + state.steps());
    bits.add("lastEventTime " + state.lastEventTime());
    bits.add("lastSequence " + state.lastSequence());
    bits.add("modelHash " + state.modelHash());
    bits.add("history " + state.history());
    return bits;
  }

  /** Everything that a prediction says. */
  public static List<String> of(Prediction prediction) {
    return List.of(
        prediction.key(),
        "eventTime " + prediction.eventTime(),
        prediction.model().toString(),
        "reset " + prediction.reset(),
        "gap " + prediction.gapMs(),
        "step " + prediction.step(),
        "lastValue " + Double.doubleToRawLongBits(prediction.lastValue()),
        "forecasts " + Arrays.toString(of(prediction.forecasts())),
        "source " + prediction.source(),
        "history " + prediction.history());
  }
}
