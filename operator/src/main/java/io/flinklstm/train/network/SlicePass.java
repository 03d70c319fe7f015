package io.flinklstm.train.network;

import io.flinklstm.math.Matrix;
import io.flinklstm.math.MatrixKernel;
import io.flinklstm.model.LstmConfig;
import java.util.Arrays;

/**
 * All layers and the head over a slice of a batch, forward and backward, with the buffers that this
 * takes: about 7 * steps * batch * hiddenSize floats for each layer. Internally, time comes first
 * and sequences second, so that a step of all sequences is one matrix. Belongs to one thread.
 */
final class SlicePass {

  private final LstmConfig config;
  private final int batch;
  private final int steps;
  private final LayerPass[] layers; // [numLayers]
  private final HeadPass head;
  private final Matrix[] x; // [steps] of (batch, inputSize)
  private final Matrix[] dx; // [steps] of (batch, inputSize)

  SlicePass(LstmConfig config, int batch, int steps, HeadSteps headSteps) {
    this.config = config;
    this.batch = batch;
    this.steps = steps;
    MatrixKernel kernel = MatrixKernel.create();
    this.layers = new LayerPass[config.numLayers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] =
          new LayerPass(config.layerInputSize(l), config.hiddenSize(), batch, steps, kernel);
    }
    this.head = new HeadPass(config, batch, headSteps.count(steps), kernel);
    int n = config.inputSize();
    this.x = LayerPass.views(new float[steps][batch * n], batch, n);
    this.dx = LayerPass.views(new float[steps][batch * n], batch, n);
  }

  /** Whether these buffers fit a slice of these sizes. */
  boolean fits(int batch, int steps, HeadSteps headSteps) {
    return this.steps == steps && head.fits(batch, headSteps.count(steps)) && this.batch == batch;
  }

  /**
   * Runs this slice's sequences of the batch, from index first on.
   *
   * @param out receives y and the final state of these sequences. Modified
   */
  void forward(PackedLstm weights, LstmBatch from, int first, LstmPass out) {
    load(from, first);
    Matrix[] input = x;
    for (int l = 0; l < layers.length; l++) {
      layers[l].forward(weights.layers[l], input);
      input = layers[l].outputs();
    }
    head.forward(weights.parameters, input);
    head.copyOutputs(out.y(), first);
    for (int l = 0; l < layers.length; l++) {
      store(layers[l].h()[steps], out.finalState().h()[l], first);
      store(layers[l].c()[steps], out.finalState().c()[l], first);
    }
  }

  /** The sum of the losses of these sequences; the next {@link #backward} starts from it. */
  double loss(Loss loss, float[] target, int first, int count) {
    return head.loss(loss, target, first, count);
  }

  /**
   * Runs the sequences backward after {@link #forward} and {@link #loss}.
   *
   * @param gradient overwritten with the derivatives of this slice's part of the loss. Modified
   * @param out receives the gradients of these sequences' initial states and inputs. Modified
   */
  void backward(PackedLstm weights, int first, LstmParameters gradient, LstmPass out) {
    gradient.clear();
    for (LayerPass layer : layers) {
      layer.clearGradients();
    }
    LayerPass top = layers[layers.length - 1];
    head.backward(weights, top.outputs(), top.outputGradients(), gradient);
    for (int l = layers.length - 1; l >= 0; l--) {
      Matrix[] input = l == 0 ? x : layers[l - 1].outputs();
      Matrix[] below =
          l > 0 ? layers[l - 1].outputGradients() : out.inputGradient() == null ? null : clear(dx);
      layers[l].backward(weights.layers[l], input, below, gradient.layer(l));
      store(layers[l].initialHiddenGradient(), out.initialGradient().h()[l], first);
      store(layers[l].initialCellGradient(), out.initialGradient().c()[l], first);
    }
    if (out.inputGradient() != null) {
      storeInputGradient(out.inputGradient(), first);
    }
  }

  private static Matrix[] clear(Matrix[] matrices) {
    for (Matrix matrix : matrices) {
      Arrays.fill(matrix.data(), 0f);
    }
    return matrices;
  }

  private void load(LstmBatch from, int first) {
    int n = config.inputSize();
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(from.x(), ((first + b) * steps + t) * n, x[t].data(), b * n, n);
      }
    }
    for (int l = 0; l < layers.length; l++) {
      int length = batch * config.hiddenSize();
      int at = first * config.hiddenSize();
      System.arraycopy(from.initial().h()[l], at, layers[l].h()[0], 0, length);
      System.arraycopy(from.initial().c()[l], at, layers[l].c()[0], 0, length);
    }
  }

  private void store(float[] part, float[] whole, int first) {
    System.arraycopy(part, 0, whole, first * config.hiddenSize(), part.length);
  }

  private void storeInputGradient(float[] target, int first) {
    int n = config.inputSize();
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(dx[t].data(), b * n, target, ((first + b) * steps + t) * n, n);
      }
    }
  }
}
