package io.flinklstm.local.model;

import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.model.LstmWeights;
import java.util.Arrays;

/**
 * How long a step takes in this JVM, linear layer included.
 *
 * @param kernel the kernel that {@code auto} chooses
 * @param microseconds the median of several rounds
 */
record StepTime(String kernel, double microseconds) {

  private static final int ROUNDS = 11;
  private static final long ROUND_NANOS = 20_000_000;

  static StepTime measure(LstmWeights weights) {
    LstmKernel kernel = KernelType.AUTO.create();
    LstmModel model = new LstmModel(weights, kernel);
    model.warmUp();
    int steps = 1;
    long nanos = nanos(model, steps);
    while (nanos < ROUND_NANOS / 2) {
      steps *= 2;
      nanos = nanos(model, steps);
    }
    double[] rounds = new double[ROUNDS];
    for (int k = 0; k < ROUNDS; k++) {
      rounds[k] = nanos(model, steps) / 1e3 / steps;
    }
    Arrays.sort(rounds);
    return new StepTime(kernel.name(), rounds[ROUNDS / 2]);
  }

  private static long nanos(LstmModel model, int steps) {
    LstmState state = model.initialState();
    float[] x = new float[model.config().inputSize()];
    float[] y = new float[model.config().outputSize()];
    Arrays.fill(x, 0.5f);
    long start = System.nanoTime();
    for (int k = 0; k < steps; k++) {
      model.step(x, state, state);
      model.head(state, y);
    }
    return System.nanoTime() - start;
  }
}
