package io.flinklstm.train.network;

import io.flinklstm.format.pytorch.Safetensors;
import io.flinklstm.format.weights.Tensor;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.testing.TestResources;
import java.util.List;

/** PyTorch's training results for a model, from the folder training/ of the resources. */
final class TrainingGolden {

  static final List<String> NAMES =
      List.of(
          "lstm.weight_ih_l0",
          "lstm.weight_hh_l0",
          "lstm.bias_ih_l0",
          "lstm.bias_hh_l0",
          "linear.weight",
          "linear.bias");

  private final Safetensors content;

  TrainingGolden(String model) {
    String file = "training/" + model + "/golden.safetensors";
    this.content = Safetensors.read(TestResources.read(file), file);
  }

  private Tensor tensor(String name) {
    Tensor tensor = content.tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(name + " in the goldens: expected a tensor, got none");
    }
    return tensor;
  }

  float[] floats(String name) {
    return tensor(name).toFloats();
  }

  double[] doubles(String name) {
    return tensor(name).toDoubles();
  }

  LstmConfig config() {
    return new LstmConfig(
        tensor("x").shape().get(2).intValue(),
        tensor("init/lstm.weight_hh_l0").shape().get(1).intValue(),
        1,
        1);
  }

  LstmBatch batch() {
    int batch = tensor("x").shape().get(0).intValue();
    int steps = tensor("x").shape().get(1).intValue();
    return new LstmBatch(batch, steps, floats("x"), BatchState.zeros(config(), batch));
  }

  /** The targets after every step: sin(0.3 t), t from 0. */
  float[] targetOfAllSteps() {
    LstmBatch batch = batch();
    float[] target = new float[batch.batch() * batch.steps()];
    for (int k = 0; k < target.length; k++) {
      target[k] = (float) Math.sin(0.3 * (k % batch.steps()));
    }
    return target;
  }

  LstmParameters initial() {
    LstmParameters parameters = LstmParameters.zeros(config());
    for (int a = 0; a < NAMES.size(); a++) {
      float[] values = floats("init/" + NAMES.get(a));
      System.arraycopy(values, 0, parameters.arrays().get(a), 0, values.length);
    }
    return parameters;
  }
}
