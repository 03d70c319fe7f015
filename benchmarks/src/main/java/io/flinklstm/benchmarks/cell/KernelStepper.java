package io.flinklstm.benchmarks.cell;

import io.flinklstm.math.LstmKernel;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.model.LstmWeights;

/** A kernel of the library. As in the job, a step does not overwrite the state it starts from. */
final class KernelStepper implements Stepper {

  private final LstmModel model;
  private final float[] y = new float[1];
  private LstmState state;
  private LstmState next;

  KernelStepper(LstmWeights weights, LstmKernel kernel) {
    this.model = new LstmModel(weights, kernel);
    this.state = model.newState();
    this.next = model.newState();
    model.warmUp();
  }

  @Override
  public float step(float[] x) {
    model.step(x, state, next);
    model.head(next, y);
    LstmState previous = state;
    state = next;
    next = previous;
    return y[0];
  }

  @Override
  public void close() {}
}
