package io.flinklstm.stream;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small model and streams for the tests of this package. */
final class StreamFixtures {

  static final ForecastModel MODEL = model(2, 19, 3, 1);
  static final ForecastModel OTHER_MODEL = model(1, 8, 2, 2);

  private StreamFixtures() {}

  static ForecastModel model(int numLayers, int hiddenSize, int horizon, long seed) {
    Random random = new Random(seed);
    List<LstmWeights.Layer> layers = new ArrayList<>();
    for (int l = 0; l < numLayers; l++) {
      layers.add(
          new LstmWeights.Layer(
              floats(random, 4 * hiddenSize * (l == 0 ? 2 : hiddenSize)),
              floats(random, 4 * hiddenSize * hiddenSize),
              floats(random, 4 * hiddenSize),
              floats(random, 4 * hiddenSize)));
    }
    LstmWeights weights =
        new LstmWeights(
            new LstmConfig(2, hiddenSize, numLayers, horizon),
            layers,
            floats(random, horizon * hiddenSize),
            floats(random, horizon));
    ModelCard card =
        new ModelCard(
            "fixture",
            Long.toString(seed),
            3,
            horizon,
            ModelCard.Context.CARRY,
            Duration.ofMillis(900),
            ModelCard.GapPolicy.RESET,
            List.of(
                new Feature(
                    "return", Formula.parse("mean(bid, ask)"), Transform.LOG_RETURN, 0, 1e-3, 20),
                new Feature(
                    "elapsed",
                    Formula.parse("elapsed()"),
                    Transform.LOG1P,
                    3,
                    2,
                    Double.POSITIVE_INFINITY)),
            "return",
            "{}");
    return new ForecastModel(weights, card);
  }

  private static float[] floats(Random random, int count) {
    float[] floats = new float[count];
    for (int k = 0; k < count; k++) {
      floats[k] = (random.nextFloat() - 0.5f) * 0.6f;
    }
    return floats;
  }

  /** Ticks of some keys, interleaved, in time order, with gaps, and every ninth one twice. */
  static List<Observation> ticks(int keys, int count) {
    Random random = new Random(7);
    List<Observation> ticks = new ArrayList<>();
    long eventTime = 1_546_300_800_000L;
    for (int k = 0; k < count; k++) {
      eventTime += random.nextInt(500);
      double bid = 100 + random.nextDouble();
      Observation tick = tick("key" + random.nextInt(keys), eventTime, k, bid, bid + 0.01);
      ticks.add(k % 9 == 8 ? repetition(ticks.get(k - 1), k) : tick);
    }
    return ticks;
  }

  private static Observation repetition(Observation tick, long offset) {
    Observation again = tick(tick.key(), tick.eventTime(), offset, tick.values());
    return new Observation(
        again.key(), again.eventTime(), again.values(), tick.sequence(), again.source());
  }

  static Observation tick(String key, long eventTime, long offset, double... values) {
    SourceRecord source =
        new SourceRecord(
            new SourcePosition("ticks", 0, offset), eventTime, null, new byte[] {1, 2}, List.of());
    return new Observation(key, eventTime, values, offset, source);
  }

  /** The predictions of a plain loop over the forecaster for the ticks. */
  static List<String> expected(ForecastModel model, List<Observation> ticks) {
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    Map<String, StreamState> states = new HashMap<>();
    List<String> predictions = new ArrayList<>();
    for (Observation tick : ticks) {
      Outcome outcome =
          forecaster.advance(
              tick, states.computeIfAbsent(tick.key(), key -> forecaster.newState()));
      if (outcome instanceof Prediction prediction) {
        predictions.add(bits(prediction));
      }
    }
    return predictions;
  }

  /** A prediction as text that differs when any bit does. */
  static String bits(Prediction prediction) {
    StringBuilder text = new StringBuilder();
    text.append(prediction.key())
        .append(' ')
        .append(prediction.step())
        .append(' ')
        .append(prediction.reset())
        .append(' ')
        .append(prediction.predictionId())
        .append(' ')
        .append(Double.doubleToRawLongBits(prediction.lastValue()));
    for (double forecast : prediction.forecasts()) {
      text.append(' ').append(Double.doubleToRawLongBits(forecast));
    }
    return text.toString();
  }
}
