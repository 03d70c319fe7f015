package io.flinklstm.format.keras;

import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The datasets of a Keras model's weights, layer by layer. Keras stores them in groups named after
 * the layers' classes, such as layers/lstm_1/cell/vars/0; older versions and legacy .h5 files use
 * groups named after the layers themselves, whose attribute weight_names lists them.
 */
final class KerasWeights {

  private static final List<String> LSTM = List.of("kernel", "recurrent_kernel", "bias");
  private static final List<String> DENSE = List.of("kernel", "bias");

  /** What training leaves behind: optimizer slots, metrics, dropout seeds. */
  private static final Pattern OF_TRAINING =
      Pattern.compile("(optimizer|optimizer_weights|metrics)/.*|.*/seed_generator/.*");

  private static final Pattern KERNEL =
      Pattern.compile("([^/]+?)(?:_(\\d{1,9}))?(/cell/vars/|/layer/vars/|/vars/)0");

  private final Hdf5File file;
  private final String root;
  private final boolean byName;

  /**
   * Paths of datasets up to their numbers, by the numbers of their groups: lstm, lstm_1, lstm_2.
   * Keras 2 skips numbers, because it counts every layer twice; only the order matters.
   */
  private final Map<String, SortedMap<Integer, String>> numbered = new HashMap<>();

  private final Set<String> unused = new TreeSet<>();
  private boolean narrowed;

  KerasWeights(Hdf5File file) {
    this.file = file;
    if (file.objects().containsKey("model_weights")) {
      root = "model_weights/";
      byName = true;
    } else {
      byName = strings("", "layer_names") != null;
      boolean old = file.objects().containsKey("_layer_checkpoint_dependencies");
      root = byName ? "" : old ? "_layer_checkpoint_dependencies/" : "layers/";
    }
    for (Map.Entry<String, Hdf5Object> entry : file.objects().entrySet()) {
      String path = entry.getKey();
      if (entry.getValue().isDataset() && !OF_TRAINING.matcher(path).matches()) {
        unused.add(path);
        addNumbered(path);
      }
    }
  }

  /** Whether layers are found by their names, as before Keras 2.12. */
  boolean byName() {
    return byName;
  }

  /** A string attribute of the whole model, or null. */
  @Nullable String text(String attribute) {
    List<String> strings = strings("", attribute);
    if (strings == null && byName && !root.isEmpty()) {
      strings = strings("model_weights", attribute);
    }
    return strings == null || strings.size() != 1 ? null : strings.get(0);
  }

  /**
   * The paths of a layer's datasets: kernel, recurrent kernel of an LSTM, bias if it has one.
   *
   * @throws ModelFileException if they are missing or others are there
   */
  List<String> take(KerasLayer layer) {
    List<String> kinds = layer.kind() == KerasLayer.Kind.LSTM ? LSTM : DENSE;
    if (!layer.settings().biased()) {
      kinds = kinds.subList(0, kinds.size() - 1);
    }
    List<String> paths = byName ? named(layer, kinds) : numbered(layer, kinds.size());
    paths.forEach(unused::remove);
    return paths;
  }

  private List<String> numbered(KerasLayer layer, int count) {
    String group = layer.group() + layer.datasets();
    Collection<String> paths = numbered.getOrDefault(group, new TreeMap<>()).values();
    if (layer.place() >= paths.size()) {
      throw refused(
          root + group,
          "expected weights of layer " + layer.name() + ", got only those of " + paths);
    }
    String path = List.copyOf(paths).get(layer.place());
    return IntStream.range(0, count).mapToObj(k -> path + k).toList();
  }

  /** Records the path if it is a kernel's, such as layers/lstm_1/cell/vars/0. */
  private void addNumbered(String path) {
    Matcher kernel = KERNEL.matcher(path.startsWith(root) ? path.substring(root.length()) : "");
    if (kernel.matches()) {
      int number = kernel.group(2) == null ? 0 : Integer.parseInt(kernel.group(2));
      numbered
          .computeIfAbsent(kernel.group(1) + kernel.group(3), group -> new TreeMap<>())
          .put(number, path.substring(0, path.length() - 1));
    }
  }

  private List<String> named(KerasLayer layer, List<String> kinds) {
    String group = root + layer.name();
    List<String> listed = strings(group, "weight_names");
    List<String> names = listed == null ? List.of() : listed;
    List<String> got = names.stream().map(KerasWeights::kind).toList();
    if (!got.equals(kinds)) {
      throw refused(group, "expected weights " + kinds + ", got " + got);
    }
    return names.stream().map(name -> group + "/" + name).toList();
  }

  /** The kind of a weight: lstm/lstm_cell/kernel:0 is a kernel. */
  private static String kind(String name) {
    return name.substring(name.lastIndexOf('/') + 1).replaceFirst(":0$", "");
  }

  /** An attribute, which Keras splits into parts if it is long. */
  private @Nullable List<String> strings(String path, String attribute) {
    Hdf5Object object = file.objects().get(path);
    if (object == null) {
      return null;
    }
    List<String> whole = object.strings(attribute);
    if (whole != null) {
      return whole;
    }
    List<String> parts = new ArrayList<>();
    int count = 0;
    for (List<String> part; (part = object.strings(attribute + count)) != null; count++) {
      parts.addAll(part);
    }
    return count == 0 ? null : parts;
  }

  /**
   * A dataset's numbers in single precision.
   *
   * @param meaning of the shape in messages
   * @throws ModelFileException if the dataset is missing or has another shape
   */
  float[] floats(String path, String meaning, long... shape) {
    Tensor tensor = dataset(path).tensor();
    List<Long> expected = Arrays.stream(shape).boxed().toList();
    if (!tensor.shape().equals(expected)) {
      throw refused(path, "expected shape " + expected + " " + meaning + ", got " + tensor.shape());
    }
    narrowed |= tensor.dtype() == Tensor.Dtype.F64;
    return tensor.toFloats();
  }

  /** Whether any of the numbers read were in double precision. */
  boolean narrowed() {
    return narrowed;
  }

  /**
   * @throws ModelFileException if there are datasets that no layer has taken
   */
  void checkAllAreTaken() {
    if (!unused.isEmpty()) {
      throw refused(
          unused.iterator().next(),
          "expected weights of the layers in the model's config only, got others beside them");
    }
  }

  /** A dataset's shape. See {@link #floats}. */
  List<Long> shape(String path) {
    return dataset(path).shape();
  }

  private Hdf5Object dataset(String path) {
    Hdf5Object object = file.objects().get(path);
    if (object == null) {
      throw refused(path, "expected a dataset, got none");
    }
    return object;
  }

  private ModelFileException refused(String path, String message) {
    return new ModelFileException(path + " in " + file.fileName() + ": " + message);
  }
}
