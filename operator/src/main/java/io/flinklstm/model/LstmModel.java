package io.flinklstm.model;

import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.math.LstmKernel;

/**
 * A stacked LSTM with a linear head, ready to run, with its weights packed for one kernel. Owns
 * scratch memory, so it belongs to one thread; make one per task from shared {@link LstmWeights}.
 */
@PublicEvolving
public final class LstmModel {

  /** By then the JIT compiler has seen enough steps and, in an idle JVM, has finished compiling. */
  private static final int WARM_UP_STEPS = 20_000;

  private static final long WARM_UP_NANOS = 1_000_000_000L;

  /** The most states that can be advanced at once. */
  public static final int MAX_BUNDLE = LstmKernel.MAX_BUNDLE;

  /**
   * Below this, gathering states costs as much as it gains; one layer of 96 has about this many.
   */
  private static final long MIN_BUNDLED_MULTIPLY_ADDS = 35_000;

  private final LstmConfig config;
  private final LstmWeights weights;
  private final LstmCell[] cells; // [numLayers]
  private final Linear head;
  private final boolean gainsByBundles;

  // scratch: the arrays of a bundle's states
  private final float[][] h = new float[MAX_BUNDLE][];
  private final float[][] c = new float[MAX_BUNDLE][];
  private final float[][] hNext = new float[MAX_BUNDLE][];
  private final float[][] cNext = new float[MAX_BUNDLE][];
  private final float[][] hBelow = new float[MAX_BUNDLE][];

  public LstmModel(LstmWeights weights, LstmKernel kernel) {
    this.config = weights.config();
    this.weights = weights;
    this.cells = new LstmCell[config.numLayers()];
    for (int l = 0; l < cells.length; l++) {
      cells[l] =
          new LstmCell(
              config.layerInputSize(l), config.hiddenSize(), weights.layers().get(l), kernel);
    }
    this.head =
        new Linear(
            config.hiddenSize(),
            config.outputSize(),
            weights.headWeight(),
            weights.headBias(),
            kernel);
    this.gainsByBundles =
        kernel.gainsByBundles() && config.stepMultiplyAdds() >= MIN_BUNDLED_MULTIPLY_ADDS;
  }

  public LstmConfig config() {
    return config;
  }

  /** Whether advancing several states at once is faster than one by one. */
  public boolean gainsByBundles() {
    return gainsByBundles;
  }

  /** A state of this model's sizes, all zero. */
  public LstmState newState() {
    return new LstmState(config.numLayers(), config.hiddenSize());
  }

  /**
   * h and c before the first step: zero, unless the model was trained with another initial state.
   */
  public LstmState initialState() {
    LstmState state = newState();
    for (int l = 0; l < config.numLayers(); l++) {
      LstmWeights.Layer layer = weights.layers().get(l);
      if (layer.h0() != null && layer.c0() != null) {
        System.arraycopy(layer.h0(), 0, state.h(l), 0, config.hiddenSize());
        System.arraycopy(layer.c0(), 0, state.c(l), 0, config.hiddenSize());
      }
    }
    return state;
  }

  /**
   * Advances every layer by one time step; layer l reads the new h of layer l-1.
   *
   * @param x (inputSize). Not modified
   * @param state h(t-1) and c(t-1). Not modified, unless it is also next
   * @param next h(t) and c(t). Modified
   */
  public void step(float[] x, LstmState state, LstmState next) {
    float[] input = x;
    for (int l = 0; l < cells.length; l++) {
      cells[l].step(input, state.h(l), state.c(l), next.h(l), next.c(l));
      input = next.h(l);
    }
  }

  /**
   * As {@link #step(float[], LstmState, LstmState)} for each of the first {@code count} inputs and
   * states, bit for bit.
   *
   * @param count number of states, 0 to {@link #MAX_BUNDLE}
   */
  public void step(float[][] x, LstmState[] states, LstmState[] nexts, int count) {
    float[][] input = x;
    for (int l = 0; l < cells.length; l++) {
      for (int k = 0; k < count; k++) {
        h[k] = states[k].h(l);
        c[k] = states[k].c(l);
        cNext[k] = nexts[k].c(l);
        hNext[k] = nexts[k].h(l);
      }
      cells[l].step(input, h, c, hNext, cNext, count);
      if (l == 0) {
        input = hBelow;
      }
      System.arraycopy(hNext, 0, hBelow, 0, count);
    }
  }

  /**
   * Applies the linear layer to the last layer's h.
   *
   * @param state h(t) and c(t). Not modified
   * @param y (outputSize). Modified
   */
  public void head(LstmState state, float[] y) {
    head.apply(state.h(cells.length - 1), y);
  }

  /**
   * Runs the arithmetic on a scratch state until it is compiled, for at most a second, and for at
   * most another second on bundles. Before that a step takes far longer, and the vector kernel
   * allocates.
   */
  public void warmUp() {
    LstmState state = newState();
    float[] x = new float[config.inputSize()];
    float[] y = new float[config.outputSize()];
    long start = System.nanoTime();
    for (int k = 0; k < WARM_UP_STEPS && System.nanoTime() - start < WARM_UP_NANOS; k++) {
      step(x, state, state);
      head(state, y);
    }
    if (gainsByBundles) {
      warmUpBundles(x);
    }
  }

  private void warmUpBundles(float[] x) {
    LstmState[] states = new LstmState[MAX_BUNDLE];
    float[][] inputs = new float[MAX_BUNDLE][];
    for (int k = 0; k < MAX_BUNDLE; k++) {
      states[k] = newState();
      inputs[k] = x;
    }
    long start = System.nanoTime();
    for (int k = 0;
        k < WARM_UP_STEPS && System.nanoTime() - start < WARM_UP_NANOS;
        k += MAX_BUNDLE) {
      step(inputs, states, states, MAX_BUNDLE);
    }
  }
}
