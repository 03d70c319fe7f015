package io.flinklstm.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The datasets of a Keras model's weights, layer by layer. Keras keeps them in groups named by the
 * layers' classes, as layers/lstm_1/cell/vars/0; before, and in files that end in .h5 only, in
 * groups named by the layers themselves, whose attribute weight_names lists them.
 */
final class KerasWeights {

  private static final List<String> LSTM = List.of("kernel", "recurrent_kernel", "bias");
  private static final List<String> DENSE = List.of("kernel", "bias");

  /** What training leaves behind: slots of the optimizer, metrics, seeds of dropout. */
  private static final Pattern OF_TRAINING =
      Pattern.compile("(optimizer|optimizer_weights|metrics)/.*|.*/seed_generator/.*");

  private final Hdf5File file;
  private final String root;
  private final boolean byName;
  private final Set<String> unused = new TreeSet<>();

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
      }
    }
  }

  /** Whether layers are found by their names, as before Keras 2.12. */
  boolean byName() {
    return byName;
  }

  /** A text that an attribute of the whole model holds, or null. */
  String text(String attribute) {
    List<String> strings = strings("", attribute);
    if (strings == null && byName && !root.isEmpty()) {
      strings = strings("model_weights", attribute);
    }
    return strings == null || strings.size() != 1 ? null : strings.get(0);
  }

  /** Datasets that have not been taken. */
  Set<String> unused() {
    return unused;
  }

  /**
   * The paths of a layer's datasets: kernel, recurrent kernel of an LSTM, bias if it has one.
   *
   * @throws ModelFileException if there are others or none
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
    String group = group(layer);
    return IntStream.range(0, count).mapToObj(k -> group + layer.datasets() + k).toList();
  }

  /**
   * Of the groups lstm, lstm_1, lstm_2, ... that hold weights the one at the layer's place. Numbers
   * are left out in files of Keras 2, which counts every layer twice.
   */
  private String group(KerasLayer layer) {
    Pattern kernel =
        Pattern.compile(
            Pattern.quote(root + layer.group()) + "(?:_(\\d{1,9}))?" + layer.datasets() + "0");
    SortedMap<Integer, String> groups = new TreeMap<>();
    for (String path : file.objects().keySet()) {
      Matcher matcher = kernel.matcher(path);
      if (matcher.matches()) {
        int number = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
        groups.put(number, path.substring(0, path.length() - layer.datasets().length() - 1));
      }
    }
    return groups.values().stream()
        .skip(layer.place())
        .findFirst()
        .orElseThrow(
            () ->
                new ModelFileException(
                    root
                        + layer.group()
                        + " in "
                        + file.fileName()
                        + ": expected weights of layer "
                        + layer.name()
                        + ", got weights of "
                        + groups.values()
                        + " only"));
  }

  private List<String> named(KerasLayer layer, List<String> kinds) {
    String group = root + layer.name();
    List<String> names = strings(group, "weight_names");
    List<String> got = names == null ? List.of() : names.stream().map(KerasWeights::kind).toList();
    if (!got.equals(kinds)) {
      throw new ModelFileException(
          group + " in " + file.fileName() + ": expected weights " + kinds + ", got " + got);
    }
    return names.stream().map(name -> group + "/" + name).toList();
  }

  /** lstm/lstm_cell/kernel:0 is a kernel. */
  private static String kind(String name) {
    return name.substring(name.lastIndexOf('/') + 1).replaceFirst(":0$", "");
  }

  /** An attribute, which Keras cuts into parts when it is long. */
  private List<String> strings(String path, String attribute) {
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
   * A dataset's numbers.
   *
   * @throws ModelFileException if there is no such dataset
   */
  Tensor tensor(String path) {
    return dataset(path).tensor();
  }

  /** A dataset's shape. See {@link #tensor}. */
  List<Long> shape(String path) {
    return dataset(path).shape();
  }

  private Hdf5Object dataset(String path) {
    Hdf5Object object = file.objects().get(path);
    if (object == null) {
      throw new ModelFileException(
          path + " in " + file.fileName() + ": expected a dataset, got none");
    }
    return object;
  }
}
