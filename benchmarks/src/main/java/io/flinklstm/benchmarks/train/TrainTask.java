package io.flinklstm.benchmarks.train;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.train.TrainingOptions;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Scalers;
import io.flinklstm.train.data.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A training with the sizes of a real one, on random numbers. */
enum TrainTask {
  /** Quotes of two currency pairs: 13,938 windows of 30 returns. */
  FX(13_968, 30, 1, 1, 256, ModelCard.Context.WINDOW, Transform.LOG_RETURN),
  /** ETTh1: 8,521 windows of 96 hours, 24 hours ahead. */
  ETTH1(8_640, 96, 1, 24, 32, ModelCard.Context.WINDOW, Transform.REVIN),
  /** Bitstamp: 70,000 trades on 32 streams, in chunks of 60. */
  BITSTAMP(70_000, 60, 3, 1, 32, ModelCard.Context.CARRY, Transform.LOG_RETURN);

  static final int HIDDEN_SIZE = 64;

  final int rows;
  final int steps; // of a window or chunk
  final int inputSize;
  final int outputSize;
  final int batchSize;
  final ModelCard.Context context;
  private final Transform transform;

  TrainTask(
      int rows,
      int steps,
      int inputSize,
      int outputSize,
      int batchSize,
      ModelCard.Context context,
      Transform transform) {
    this.rows = rows;
    this.steps = steps;
    this.inputSize = inputSize;
    this.outputSize = outputSize;
    this.batchSize = batchSize;
    this.context = context;
    this.transform = transform;
  }

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Windows, or rows with a carried state, per epoch. */
  int samples() {
    return context == ModelCard.Context.CARRY ? rows : rows - steps - outputSize + 1;
  }

  Dataset dataset() {
    Random random = new Random(1);
    History history = new History(inputSize);
    for (int row = 0; row < rows; row++) {
      double[] values = new double[inputSize];
      for (int k = 0; k < inputSize; k++) {
        values[k] = 100 + random.nextDouble();
      }
      history.add(Observation.of("s", row, values));
    }
    List<Feature> features = new ArrayList<>();
    for (int k = 0; k < inputSize; k++) {
      features.add(
          new Feature(
              "x" + k,
              Formula.parse("x" + k),
              k == 0 ? transform : Transform.LOG1P,
              0,
              1,
              Double.POSITIVE_INFINITY));
    }
    ModelCard card =
        new ModelCard(
            label(),
            "1",
            steps,
            outputSize,
            context,
            null,
            ModelCard.GapPolicy.KEEP,
            features,
            "x0",
            "{}");
    Split split = new Split(rows, 0, 0);
    return Dataset.of(history, Scalers.fit(card, Set.of(), history, split), split);
  }

  TrainingOptions options(int epochs) {
    TrainingOptions usual = TrainingOptions.defaults(context);
    return new TrainingOptions(
        new TrainingOptions.Network(HIDDEN_SIZE, 1),
        usual.loss(),
        usual.targetClip(),
        usual.optimizer(),
        new TrainingOptions.Batching(batchSize, batchSize, steps),
        new TrainingOptions.Stopping(epochs, epochs),
        1);
  }
}
