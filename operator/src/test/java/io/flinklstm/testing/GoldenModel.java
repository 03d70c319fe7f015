package io.flinklstm.testing;

import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.pytorch.Safetensors;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A model that PyTorch ran, from the folder models/ of the resources: weights, inputs, outputs. */
public final class GoldenModel {

  private final String name;
  private final LstmWeights weights;

  private GoldenModel(String name, LstmWeights weights) {
    this.name = name;
    this.weights = weights;
  }

  public static GoldenModel load(String name) {
    byte[] file = TestResources.read("models/" + name + "/model.safetensors");
    return new GoldenModel(
        name, ModelFiles.read(file, name, cardFor(file), name + ".json").weights());
  }

  /** A card that takes every input as it is, of the sizes that the file's tensors have. */
  public static byte[] cardFor(byte[] file) {
    int inputSize = 0;
    int outputSize = 0;
    for (var tensor : Safetensors.read(file, "card").tensors().entrySet()) {
      if (tensor.getKey().endsWith("weight_ih_l0")) {
        inputSize = tensor.getValue().shape().get(1).intValue();
      } else if (tensor.getKey().endsWith("linear.weight")) {
        outputSize = tensor.getValue().shape().get(0).intValue();
      }
    }
    return ModelCardJson.write(TestModels.card(outputSize, TestModels.identityFeatures(inputSize)))
        .getBytes(StandardCharsets.UTF_8);
  }

  public LstmWeights weights() {
    return weights;
  }

  /**
   * One step of one key; the key's state is zero before its step 0.
   *
   * @param x (inputSize)
   * @param y (outputSize), computed in float64
   */
  public record Row(String key, int step, float[] x, double[] y) {}

  /** The rows of stream.csv: key, step, x0.., y32_0.., y64_0... */
  public List<Row> stream() {
    LstmConfig config = weights.config();
    List<Row> rows = new ArrayList<>();
    for (String line : TestResources.lines("models/" + name + "/stream.csv")) {
      if (!line.startsWith("key")) {
        String[] cells = line.split(",");
        float[] x = new float[config.inputSize()];
        for (int k = 0; k < x.length; k++) {
          x[k] = Float.parseFloat(cells[2 + k]);
        }
        double[] y = new double[config.outputSize()];
        for (int k = 0; k < y.length; k++) {
          y[k] = Double.parseDouble(cells[2 + x.length + y.length + k]);
        }
        rows.add(new Row(cells[0], Integer.parseInt(cells[1]), x, y));
      }
    }
    return rows;
  }

  /**
   * A carried run from a state of zero.
   *
   * @param x [steps] of (inputSize)
   * @param y [steps] of (outputSize), computed in float64
   */
  public record LongRun(float[][] x, double[][] y) {}

  public LongRun longRun() {
    LstmConfig config = weights.config();
    byte[] file = TestResources.read("models/" + name + "/long.safetensors");
    Safetensors content = Safetensors.read(file, "long.safetensors");
    float[] allX = content.tensors().get("x").toFloats();
    double[] allY = content.tensors().get("y").toDoubles();
    int steps = allX.length / config.inputSize();
    float[][] x = new float[steps][];
    double[][] y = new double[steps][];
    for (int t = 0; t < steps; t++) {
      x[t] = Arrays.copyOfRange(allX, t * config.inputSize(), (t + 1) * config.inputSize());
      y[t] = Arrays.copyOfRange(allY, t * config.outputSize(), (t + 1) * config.outputSize());
    }
    return new LongRun(x, y);
  }
}
