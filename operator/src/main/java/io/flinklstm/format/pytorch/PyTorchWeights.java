package io.flinklstm.format.pytorch;

import io.flinklstm.forecast.RevinAffine;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.GateOrder;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Weights under PyTorch's names: {@code <prefix>weight_ih_l0}, {@code weight_hh_l0}, {@code
 * bias_ih_l0}, {@code bias_hh_l0}, ... for an {@code nn.LSTM}, without {@code _l0} for an {@code
 * nn.LSTMCell}, which is one layer, and {@code <prefix>weight}, {@code <prefix>bias} for the {@code
 * nn.Linear} after it, {@code <prefix>affine_weight}, {@code <prefix>affine_bias} for a reversible
 * instance normalization around both. Prefixes are arbitrary. {@code <prefix>initial_h_l0}, {@code
 * initial_c_l0}, ... are the initial state where it is not zero; PyTorch has no names for it.
 * Nothing is ignored: tensors that have no place in such a model are listed.
 */
public final class PyTorchWeights {

  /** The card's key in the metadata of a safetensors file. */
  public static final String CARD = "model_card";

  private static final Pattern LSTM_TENSOR =
      Pattern.compile(
          "(.*?)(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh|initial_h|initial_c)"
              + "(_l(0|[1-9]\\d{0,3})(_reverse)?)?"); // the last part is missing in an LSTMCell

  private static final String AFFINE_WEIGHT = "affine_weight";

  private final String fileName;
  private final Map<String, Tensor> lstm = new LinkedHashMap<>(); // by names such as weight_ih_l0
  private final Map<String, String> spellings = new HashMap<>(); // of those names in the file
  private final Map<String, Tensor> rest = new LinkedHashMap<>();
  private String prefix = ""; // of the LSTM's tensors
  private boolean isCell; // the first of those tensors is named without a layer
  private String headName = "";

  private PyTorchWeights(Safetensors file, String fileName, Set<String> drop) {
    this.fileName = fileName;
    for (String name : drop) {
      if (!file.tensors().containsKey(name)) {
        throw refused(name, "expected a tensor to drop, got none of that name");
      }
    }
    for (Map.Entry<String, Tensor> entry : file.tensors().entrySet()) {
      if (drop.contains(entry.getKey())) {
        continue;
      }
      Matcher name = LSTM_TENSOR.matcher(entry.getKey());
      if (name.matches()) {
        addLstmTensor(name, entry.getValue());
      } else {
        rest.put(entry.getKey(), entry.getValue());
      }
    }
  }

  /**
   * Finds a model in a file.
   *
   * @param drop names of tensors to ignore
   * @throws ModelFileException naming the first tensor that does not fit
   */
  public static ModelFile open(Safetensors file, String fileName, Set<String> drop) {
    PyTorchWeights reader = new PyTorchWeights(file, fileName, drop);
    RevinAffine affine = reader.affine();
    LstmWeights weights = reader.weights();
    String card = file.metadata().get(CARD);
    return new ModelFile(
        fileName,
        "safetensors" + dtypes(file),
        GateOrder.PYTORCH.letters(),
        0,
        weights,
        affine,
        card == null ? null : ModelCardJson.read(card.getBytes(StandardCharsets.UTF_8), fileName),
        reader.notes(drop),
        described(reader.rest));
  }

  /**
   * The tensors of a file, named as PyTorch would name them in a module of lstm, head and revin.
   */
  public static Map<String, Tensor> tensors(LstmWeights weights, @Nullable RevinAffine affine) {
    LstmConfig config = weights.config();
    long gates = 4L * config.hiddenSize();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int l = 0; l < config.numLayers(); l++) {
      LstmWeights.Layer layer = weights.layers().get(l);
      tensors.put(
          "lstm.weight_ih_l" + l, Tensor.of(layer.weightIh(), gates, config.layerInputSize(l)));
      tensors.put("lstm.weight_hh_l" + l, Tensor.of(layer.weightHh(), gates, config.hiddenSize()));
      if (layer.biasIh() != null && layer.biasHh() != null) {
        tensors.put("lstm.bias_ih_l" + l, Tensor.of(layer.biasIh(), gates));
        tensors.put("lstm.bias_hh_l" + l, Tensor.of(layer.biasHh(), gates));
      }
      if (layer.h0() != null && layer.c0() != null) {
        tensors.put("lstm.initial_h_l" + l, Tensor.of(layer.h0(), config.hiddenSize()));
        tensors.put("lstm.initial_c_l" + l, Tensor.of(layer.c0(), config.hiddenSize()));
      }
    }
    tensors.put(
        "head.weight", Tensor.of(weights.headWeight(), config.outputSize(), config.hiddenSize()));
    if (weights.headBias() != null) {
      tensors.put("head.bias", Tensor.of(weights.headBias(), config.outputSize()));
    }
    if (affine != null) {
      tensors.put("revin.affine_weight", Tensor.of(affine.weight(), affine.weight().length));
      tensors.put("revin.affine_bias", Tensor.of(affine.bias(), affine.bias().length));
    }
    return tensors;
  }

  private void addLstmTensor(Matcher name, Tensor tensor) {
    String spelling = name.group();
    if (name.group(5) != null) {
      throw refused(spelling, "expected a unidirectional LSTM, got bidirectional=True");
    }
    if (name.group(2).equals("weight_hr")) {
      throw refused(spelling, "expected an LSTM without projection, got proj_size > 0");
    }
    if (lstm.isEmpty()) {
      prefix = name.group(1);
      isCell = name.group(3) == null;
    } else if (!prefix.equals(name.group(1))) {
      throw refused(
          spelling,
          "expected one LSTM, with prefix \""
              + Excerpt.name(prefix)
              + "\", got \""
              + Excerpt.name(name.group(1))
              + "\" too; export the model as ONNX, which tells how they are connected");
    }
    String key = name.group(2) + (name.group(3) == null ? "_l0" : name.group(3));
    lstm.put(key, tensor);
    String other = spellings.put(key, spelling);
    if (other != null) {
      throw refused(
          spelling, "expected one tensor of layer 0, got " + Excerpt.name(other) + " too");
    }
  }

  /** A tensor's name as spelled in the file, or as it would be if it is missing. */
  private String spelling(String key) {
    String missing = isCell && key.endsWith("_l0") ? key.substring(0, key.length() - 3) : key;
    return spellings.getOrDefault(key, prefix + missing);
  }

  private LstmWeights weights() {
    if (lstm.isEmpty()) {
      throw new ModelFileException(
          "model file "
              + fileName
              + ": expected the tensors of an nn.LSTM (weight_ih_l0, weight_hh_l0, ...) or an"
              + " nn.LSTMCell (weight_ih, weight_hh, ...), got "
              + Excerpt.list(new TreeSet<>(rest.keySet())));
    }
    int hiddenSize = hiddenSize();
    Tensor weightIh = require("weight_ih_l0");
    int inputSize =
        dimension(spelling("weight_ih_l0"), weightIh, 1, "(4*hiddenSize, inputSize)", "inputSize");
    List<LstmWeights.Layer> layers = new ArrayList<>();
    while (layers.isEmpty() || lstm.containsKey("weight_ih_l" + layers.size())) {
      int l = layers.size();
      layers.add(layer(l, l == 0 ? inputSize : hiddenSize, hiddenSize));
    }
    for (String unused : lstm.keySet()) {
      throw refused(spelling(unused), "expected layers 0 to " + (layers.size() - 1) + " only");
    }
    Map.Entry<String, Tensor> head = head(hiddenSize);
    headName = head.getKey();
    Tensor headWeight = head.getValue();
    rest.remove(headName);
    int outputSize = dimension(headName, headWeight, 0, "(outputSize, hiddenSize)", "outputSize");
    String headBiasName = headName.substring(0, headName.length() - "weight".length()) + "bias";
    Tensor headBias = rest.remove(headBiasName);
    if (headBias != null) {
      checkShape(headBiasName, headBias, "(outputSize)", outputSize);
    }
    try {
      return new LstmWeights(
          new LstmConfig(inputSize, hiddenSize, layers.size(), outputSize),
          layers,
          floats(headName, headWeight),
          headBias == null ? null : floats(headBiasName, headBias));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("model file " + fileName + ": " + e.getMessage(), e);
    }
  }

  /** Removes the affine parameters from the rest and returns them, or null if there are none. */
  private @Nullable RevinAffine affine() {
    for (Map.Entry<String, Tensor> entry : List.copyOf(rest.entrySet())) {
      String name = entry.getKey();
      if (name.endsWith(AFFINE_WEIGHT)) {
        String biasName = name.substring(0, name.length() - AFFINE_WEIGHT.length()) + "affine_bias";
        Tensor weight = entry.getValue();
        rest.remove(name);
        Tensor bias = rest.remove(biasName);
        if (bias == null) {
          throw refused(name, "expected " + Excerpt.name(biasName) + " beside it, got none");
        }
        checkShape(name, weight, "(features with transform revin)", weight.size());
        checkShape(biasName, bias, "(features with transform revin)", weight.size());
        return new RevinAffine(floats(name, weight), floats(biasName, bias));
      }
    }
    return null;
  }

  /** From weight_hh_l0, whose shape also tells an LSTM from a GRU and a plain RNN. */
  private int hiddenSize() {
    Tensor weightHh = require("weight_hh_l0");
    String name = spelling("weight_hh_l0");
    int hiddenSize = dimension(name, weightHh, 1, "(4*hiddenSize, hiddenSize)", "hiddenSize");
    long rows = weightHh.shape().get(0);
    if (rows != 4L * hiddenSize) {
      String got = rows == 3L * hiddenSize ? " of a GRU" : rows == hiddenSize ? " of an RNN" : "";
      throw refused(
          name,
          "expected shape ["
              + 4L * hiddenSize
              + ", "
              + hiddenSize
              + "] (4*hiddenSize, hiddenSize) of an LSTM, got "
              + weightHh.shape()
              + got);
    }
    return hiddenSize;
  }

  private LstmWeights.Layer layer(int l, int inputSize, int hiddenSize) {
    int gates = 4 * hiddenSize;
    boolean biased = lstm.containsKey("bias_ih_l" + l) || lstm.containsKey("bias_hh_l" + l);
    boolean begun = lstm.containsKey("initial_h_l" + l) || lstm.containsKey("initial_c_l" + l);
    return new LstmWeights.Layer(
        take("weight_ih_l" + l, "(4*hiddenSize, inputSize)", gates, inputSize),
        take("weight_hh_l" + l, "(4*hiddenSize, hiddenSize)", gates, hiddenSize),
        biased ? take("bias_ih_l" + l, "(4*hiddenSize)", gates) : null,
        biased ? take("bias_hh_l" + l, "(4*hiddenSize)", gates) : null,
        begun ? take("initial_h_l" + l, "(hiddenSize)", hiddenSize) : null,
        begun ? take("initial_c_l" + l, "(hiddenSize)", hiddenSize) : null);
  }

  /** The one tensor that can be the linear layer's weight, and its name. */
  private Map.Entry<String, Tensor> head(int hiddenSize) {
    List<Map.Entry<String, Tensor>> candidates =
        rest.entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("weight"))
            .filter(entry -> entry.getValue().shape().size() == 2)
            .toList();
    if (candidates.size() > 1) {
      candidates =
          candidates.stream()
              .filter(entry -> entry.getValue().shape().get(1) == hiddenSize)
              .toList();
    }
    if (candidates.size() != 1) {
      throw new ModelFileException(
          "model file "
              + fileName
              + ": expected the weight of one linear layer, shape [outputs, "
              + hiddenSize
              + "] (outputSize, hiddenSize), got "
              + Excerpt.list(
                  candidates.isEmpty()
                      ? described(rest)
                      : candidates.stream().map(Map.Entry::getKey).toList())
              + (candidates.isEmpty()
                  ? ""
                  : "; names do not tell how they are connected: export the model as ONNX, or drop by name"
                      + " what no forecast depends on"),
          candidates.isEmpty() ? ModelFileException.Lack.NOTHING : ModelFileException.Lack.DROP);
    }
    Map.Entry<String, Tensor> head = candidates.get(0);
    if (head.getValue().shape().get(1) != hiddenSize) {
      throw refused(
          head.getKey(),
          "expected shape [outputs, "
              + hiddenSize
              + "] (outputSize, hiddenSize) of the linear layer, got "
              + head.getValue().shape());
    }
    return head;
  }

  private static List<String> described(Map<String, Tensor> tensors) {
    return tensors.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue().shape())
        .toList();
  }

  private static String dtypes(Safetensors file) {
    return ", " + file.tensors().values().stream().map(Tensor::dtype).distinct().toList();
  }

  private List<String> notes(Set<String> drop) {
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "%s \"%s\", linear layer \"%s\"",
            isCell ? "nn.LSTMCell" : "nn.LSTM",
            Excerpt.name(prefix),
            Excerpt.name(headName)));
    if (!drop.isEmpty()) {
      notes.add("dropped: " + String.join(", ", new TreeSet<>(drop)));
    }
    return notes;
  }

  private float[] take(String name, String meaning, long... shape) {
    Tensor tensor = require(name);
    checkShape(spelling(name), tensor, meaning, shape);
    lstm.remove(name);
    return floats(spelling(name), tensor);
  }

  private Tensor require(String name) {
    Tensor tensor = lstm.get(name);
    if (tensor == null) {
      throw refused(spelling(name), "expected a tensor, got none");
    }
    return tensor;
  }

  private float[] floats(String name, Tensor tensor) {
    try {
      return tensor.toFloats();
    } catch (IllegalArgumentException e) {
      throw refused(name, e.getMessage());
    }
  }

  private void checkShape(String name, Tensor tensor, String meaning, long... shape) {
    List<Long> expected = Arrays.stream(shape).boxed().toList();
    if (!tensor.shape().equals(expected)) {
      throw refused(
          name,
          "expected shape " + expected + " " + meaning + ", got " + Excerpt.list(tensor.shape()));
    }
  }

  /**
   * One of the two dimensions of a matrix.
   *
   * @param meaning of the shape in messages
   * @param size the size's name in messages
   */
  private int dimension(String name, Tensor tensor, int index, String meaning, String size) {
    List<Long> shape = tensor.shape();
    if (shape.size() != 2 || shape.get(index) < 1 || shape.get(index) > LstmConfig.MAX_SIZE) {
      throw refused(
          name,
          "expected two dimensions "
              + meaning
              + ", "
              + size
              + " of 1 to "
              + LstmConfig.MAX_SIZE
              + ", got "
              + Excerpt.list(shape));
    }
    return Math.toIntExact(shape.get(index));
  }

  private ModelFileException refused(String name, String message) {
    return new ModelFileException(Excerpt.name(name) + " in " + fileName + ": " + message);
  }
}
