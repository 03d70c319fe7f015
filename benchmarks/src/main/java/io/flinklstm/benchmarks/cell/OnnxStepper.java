package io.flinklstm.benchmarks.cell;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime, as lean as its Java API allows: one call per step, one thread, and all inputs and
 * outputs in direct buffers allocated once. h and c alternate between two sets of tensors.
 */
final class OnnxStepper implements Stepper {

  private final OrtSession session;
  private final FloatBuffer x;
  private final FloatBuffer y;
  private final List<Map<String, OnnxTensor>> inputs; // of even and of odd steps
  private final List<Map<String, OnnxTensor>> outputs; // of even and of odd steps
  private int now;

  OnnxStepper(LstmWeights weights) {
    LstmConfig config = weights.config();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      this.session = environment.createSession(OnnxModel.of(weights), options);
      this.x = buffer(config.inputSize());
      this.y = buffer(1);
      this.inputs = List.of(new LinkedHashMap<>(), new LinkedHashMap<>());
      this.outputs = List.of(new LinkedHashMap<>(), new LinkedHashMap<>());
      for (int set = 0; set < 2; set++) {
        inputs.get(set).put(OnnxModel.X, tensor(environment, x));
        outputs.get(set).put(OnnxModel.Y, tensor(environment, y));
        for (int l = 0; l < config.numLayers(); l++) {
          OnnxTensor h = tensor(environment, buffer(config.hiddenSize()));
          OnnxTensor c = tensor(environment, buffer(config.hiddenSize()));
          inputs.get(set).put(OnnxModel.H + l, h);
          inputs.get(set).put(OnnxModel.C + l, c);
          outputs.get(1 - set).put(OnnxModel.H_NEXT + l, h);
          outputs.get(1 - set).put(OnnxModel.C_NEXT + l, c);
        }
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FloatBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(Float.BYTES * size)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static OnnxTensor tensor(OrtEnvironment environment, FloatBuffer buffer)
      throws OrtException {
    return OnnxTensor.createTensor(environment, buffer, new long[] {1, 1, buffer.capacity()});
  }

  @Override
  public float step(float[] input) {
    x.put(0, input);
    try (OrtSession.Result pinned = session.run(inputs.get(now), outputs.get(now))) {
      now = 1 - now;
      return y.get(0);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
    for (Map<String, OnnxTensor> set : inputs) {
      set.values().forEach(OnnxTensor::close);
    }
    outputs.forEach(set -> set.get(OnnxModel.Y).close());
  }
}
