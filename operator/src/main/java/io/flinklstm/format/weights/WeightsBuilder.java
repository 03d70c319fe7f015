package io.flinklstm.format.weights;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Assembles a model's weights layer by layer, in the gate order of the file's format.
 *
 * <p>A model here is a stack of equally wide layers and one linear layer; other forms are converted
 * to it. Layers narrower than the widest are padded with units whose weights are all zero: their g,
 * c and h stay exactly 0 and add exactly 0 to all others [fma(0, 0, a) = a]. Consecutive linear
 * layers are multiplied, V = V2 V1 and d = V2 d1 + d2, in double precision. Without a linear layer
 * the output is h itself and V the identity matrix.
 */
public final class WeightsBuilder {

  /** How many times larger the weights may become, so that a small file cannot fill the heap. */
  private static final int MAX_GROWTH = 16;

  private static final int ALWAYS_ALLOWED = 1 << 20;

  private final GateOrder gateOrder;
  private final List<Layer> layers = new ArrayList<>();
  private int linearLayers;
  private double @Nullable [] headWeight; // (outputSize, hiddenSize of the last layer), or null
  private double @Nullable [] headBias; // (outputSize), or null
  private int outputSize;
  private long numbers; // added so far

  public WeightsBuilder(GateOrder gateOrder) {
    this.gateOrder = gateOrder;
  }

  /**
   * One LSTM layer, in the format's layout.
   *
   * @param weightIh (4*hiddenSize, inputSize), rows in the format's gate order
   * @param weightHh (4*hiddenSize, hiddenSize), rows in the format's gate order
   * @param biasIh (4*hiddenSize), or null for a layer without biases
   * @param biasHh (4*hiddenSize), or null if there is only biasIh
   * @param h0 (hiddenSize), or null for zeros
   * @param c0 (hiddenSize), or null for zeros
   */
  public record Layer(
      int inputSize,
      int hiddenSize,
      float[] weightIh,
      float[] weightHh,
      float @Nullable [] biasIh,
      float @Nullable [] biasHh,
      float @Nullable [] h0,
      float @Nullable [] c0) {}

  /** Adds a layer on top of those added so far. */
  public void add(Layer layer) {
    layers.add(layer);
    numbers += layer.weightIh.length + layer.weightHh.length;
  }

  /**
   * Adds a linear layer after those added so far.
   *
   * @param weight (outputSize, inputSize). Not modified
   * @param bias (outputSize), or null for none. Not modified
   */
  public void addLinear(int inputSize, int outputSize, float[] weight, float @Nullable [] bias) {
    numbers += weight.length;
    linearLayers++;
    if (headWeight == null) {
      headWeight = toDoubles(weight);
      headBias = bias == null ? null : toDoubles(bias);
    } else {
      headWeight = product(inputSize, outputSize, weight, bias, headWeight);
    }
    this.outputSize = outputSize;
  }

  private double[] product(
      int inputSize, int outputSize, float[] weight, float @Nullable [] bias, double[] below) {
    int hiddenSize = lastHiddenSize();
    checkGrowth((long) outputSize * hiddenSize);
    double[] product = new double[outputSize * hiddenSize];
    double[] sum = new double[outputSize];
    for (int o = 0; o < outputSize; o++) {
      sum[o] = bias == null ? 0 : bias[o];
      for (int m = 0; m < inputSize; m++) {
        double factor = weight[o * inputSize + m];
        sum[o] += headBias == null ? 0 : factor * headBias[m];
        for (int k = 0; k < hiddenSize; k++) {
          product[o * hiddenSize + k] += factor * below[m * hiddenSize + k];
        }
      }
    }
    headBias = headBias == null && bias == null ? null : sum;
    return product;
  }

  public int layerCount() {
    return layers.size();
  }

  int linearLayers() {
    return linearLayers;
  }

  /** The width of the last layer's output, or 0 if there is none. */
  public int outputSize() {
    return linearLayers > 0 ? outputSize : lastHiddenSize();
  }

  private int lastHiddenSize() {
    return layers.isEmpty() ? 0 : layers.get(layers.size() - 1).hiddenSize;
  }

  /** What the user should know about the conversion. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    int[] sizes = layers.stream().mapToInt(Layer::hiddenSize).toArray();
    if (Arrays.stream(sizes).distinct().count() > 1) {
      notes.add(
          "layers of "
              + Arrays.toString(sizes)
              + " units: all widened to "
              + widest()
              + ", the added units are always 0");
    }
    if (linearLayers > 1) {
      notes.add(linearLayers + " linear layers in a row were multiplied into one");
    }
    if (linearLayers == 0) {
      notes.add("no linear layer: the outputs are h of the last layer");
    }
    return notes;
  }

  private int widest() {
    return layers.stream().mapToInt(Layer::hiddenSize).max().orElse(0);
  }

  /**
   * @throws IllegalArgumentException if a size is out of range or a number is not finite
   */
  public LstmWeights build() {
    int hiddenSize = widest();
    LstmConfig config =
        new LstmConfig(layers.get(0).inputSize, hiddenSize, layers.size(), outputSize());
    checkGrowth(4L * hiddenSize * (config.inputSize() + hiddenSize * (2L * layers.size() - 1)));
    List<LstmWeights.Layer> built = new ArrayList<>();
    for (Layer layer : layers) {
      built.add(build(layer, config.layerInputSize(built.size()), hiddenSize));
    }
    return new LstmWeights(
        config,
        built,
        headWeight(lastHiddenSize(), hiddenSize),
        headBias == null ? null : Tensor.narrowed(headBias));
  }

  private LstmWeights.Layer build(Layer layer, int inputSize, int hiddenSize) {
    boolean biased = layer.biasIh != null;
    boolean begun = layer.h0 != null || layer.c0 != null;
    return new LstmWeights.Layer(
        gateOrder.toPyTorch(
            layer.weightIh, layer.hiddenSize, layer.inputSize, hiddenSize, inputSize),
        gateOrder.toPyTorch(
            layer.weightHh, layer.hiddenSize, layer.hiddenSize, hiddenSize, hiddenSize),
        biased ? bias(layer.biasIh, layer, hiddenSize) : null,
        biased ? bias(layer.biasHh, layer, hiddenSize) : null,
        begun ? padded(layer.h0, hiddenSize) : null,
        begun ? padded(layer.c0, hiddenSize) : null);
  }

  private float[] bias(float @Nullable [] bias, Layer layer, int hiddenSize) {
    return bias == null
        ? new float[4 * hiddenSize]
        : gateOrder.toPyTorch(bias, layer.hiddenSize, 1, hiddenSize, 1);
  }

  private void checkGrowth(long wanted) {
    if (wanted > MAX_GROWTH * numbers + ALWAYS_ALLOWED) {
      throw new IllegalArgumentException(
          "layers of very different sizes: expected conversion to give at most "
              + MAX_GROWTH
              + " times the "
              + numbers
              + " weights read, got "
              + wanted);
    }
  }

  private static float[] padded(float @Nullable [] values, int length) {
    return values == null ? new float[length] : Arrays.copyOf(values, length);
  }

  private float[] headWeight(int lastHiddenSize, int hiddenSize) {
    float[] result = new float[outputSize() * hiddenSize];
    for (int o = 0; o < outputSize(); o++) {
      for (int k = 0; k < lastHiddenSize; k++) {
        result[o * hiddenSize + k] =
            headWeight == null ? (o == k ? 1 : 0) : (float) headWeight[o * lastHiddenSize + k];
      }
    }
    return result;
  }

  private static double[] toDoubles(float[] values) {
    double[] result = new double[values.length];
    for (int k = 0; k < values.length; k++) {
      result[k] = values[k];
    }
    return result;
  }
}
