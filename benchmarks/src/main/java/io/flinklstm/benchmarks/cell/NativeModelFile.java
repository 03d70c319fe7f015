package io.flinklstm.benchmarks.cell;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Weights and inputs in the format that {@code native/lstm_step.cpp} reads. */
final class NativeModelFile {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private NativeModelFile() {}

  static byte[] of(LstmWeights weights, float[][] inputs) {
    LstmConfig config = weights.config();
    NativeModelFile file = new NativeModelFile();
    file.add(config.inputSize());
    file.add(config.hiddenSize());
    file.add(config.numLayers());
    file.add(inputs.length);
    for (LstmWeights.Layer layer : weights.layers()) {
      file.add(layer.weightIh());
      file.add(layer.weightHh());
      file.add(layer.biasIh());
      file.add(layer.biasHh());
    }
    file.add(weights.headWeight());
    file.add(weights.headBias());
    for (float[] input : inputs) {
      file.add(input);
    }
    return file.bytes.toByteArray();
  }

  private void add(int value) {
    bytes.writeBytes(buffer(Integer.BYTES).putInt(value).array());
  }

  private void add(float[] values) {
    ByteBuffer buffer = buffer(Float.BYTES * values.length);
    buffer.asFloatBuffer().put(values);
    bytes.writeBytes(buffer.array());
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
