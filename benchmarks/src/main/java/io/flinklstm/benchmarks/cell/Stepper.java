package io.flinklstm.benchmarks.cell;

import io.flinklstm.benchmarks.harness.Kernels;
import io.flinklstm.model.LstmWeights;

/** A contender: a model with its own state, which starts at zero. Not thread-safe. */
interface Stepper extends AutoCloseable {

  String ONNX_RUNTIME = "onnxruntime";

  /**
   * Advances the state by one step and applies the head.
   *
   * @param x (inputSize). Not modified
   * @return the output
   */
  float step(float[] x);

  @Override
  void close();

  /** The contender with this name: a kernel or ONNX Runtime. */
  static Stepper create(String contender, LstmWeights weights) {
    return contender.equals(ONNX_RUNTIME)
        ? new OnnxStepper(weights)
        : new KernelStepper(weights, Kernels.create(contender));
  }

  /** The outputs for the inputs, from a new state. */
  static float[] outputs(String contender, LstmWeights weights, float[][] inputs) {
    try (Stepper stepper = create(contender, weights)) {
      float[] outputs = new float[inputs.length];
      for (int k = 0; k < inputs.length; k++) {
        outputs[k] = stepper.step(inputs[k]);
      }
      return outputs;
    }
  }
}
