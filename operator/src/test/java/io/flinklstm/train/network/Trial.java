package io.flinklstm.train.network;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.testing.TestModels;
import java.util.Random;

/**
 * A random model, a batch that does not begin with zeros, and its targets, all from a seed. If the
 * seed is odd, every third target is unknown.
 */
record Trial(LstmParameters parameters, LstmBatch batch, float[] target, HeadSteps heads) {

  static Trial random(LstmConfig config, int batch, int steps, HeadSteps heads, long seed) {
    Random random = new Random(seed);
    BatchState initial = BatchState.zeros(config, batch);
    for (int l = 0; l < config.numLayers(); l++) {
      initial.h()[l] = TestModels.uniform(random, 0.8f, initial.h()[l].length);
      initial.c()[l] = TestModels.uniform(random, 1.5f, initial.c()[l].length);
    }
    return new Trial(
        LstmParameters.random(config, seed),
        new LstmBatch(
            batch,
            steps,
            TestModels.uniform(random, 2f, batch * steps * config.inputSize()),
            initial),
        masked(
            TestModels.uniform(random, 1f, batch * heads.count(steps) * config.outputSize()),
            seed % 2 == 1),
        heads);
  }

  private static float[] masked(float[] target, boolean isMasked) {
    for (int k = 1; isMasked && k < target.length; k += 3) {
      target[k] = Float.NaN;
    }
    return target;
  }

  LstmConfig config() {
    return parameters.config();
  }

  LstmPass newPass() {
    return new LstmPass(config(), batch.batch(), batch.steps(), heads, true);
  }

  ReferenceLstm reference() {
    return reference(
        widened(parameters.arrays().toArray(new float[0][])),
        widened(batch.initial().h()),
        widened(batch.initial().c()));
  }

  /** The reference with other parameters or another initial state. */
  ReferenceLstm reference(double[][] p, double[][] h0, double[][] c0) {
    return new ReferenceLstm(config(), p, batch, heads)
        .run(Errors.widened(batch.x()), h0, c0, Errors.widened(target));
  }

  static double[][] widened(float[][] arrays) {
    double[][] widened = new double[arrays.length][];
    for (int a = 0; a < arrays.length; a++) {
      widened[a] = Errors.widened(arrays[a]);
    }
    return widened;
  }
}
