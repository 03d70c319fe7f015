package io.flinklstm.testing;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.format.ModelFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with window context that PyTorch ran, from the folder windows/ of the resources: weights,
 * card, observations, forecasts.
 */
public final class WindowGolden {

  private final String name;
  private final ForecastModel model;

  private WindowGolden(String name, ForecastModel model) {
    this.name = name;
    this.model = model;
  }

  public static WindowGolden load(String name) {
    byte[] file = TestResources.read("windows/" + name + "/model.safetensors");
    return new WindowGolden(name, ModelFiles.read(file, name));
  }

  public ForecastModel model() {
    return model;
  }

  /**
   * One observation and what follows it.
   *
   * @param observation without a sequence number
   * @param unit how much a forecast changes when the model's output changes by 1, above 0
   * @param forecasts (horizon), computed in float64
   */
  public record Row(Observation observation, double unit, double[] forecasts) {}

  /** The rows of stream.csv: key, event_time, the card's fields, unit, f1... */
  public List<Row> stream() {
    List<String> lines = TestResources.lines("windows/" + name + "/stream.csv");
    if (!lines.get(0).equals(header())) {
      throw new IllegalStateException(
          "header of stream.csv of " + name + ": expected " + header() + ", got " + lines.get(0));
    }
    int fieldCount = model.card().fields().size();
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",");
      double[] numbers =
          Arrays.stream(cells, 2, cells.length).mapToDouble(Double::parseDouble).toArray();
      rows.add(
          new Row(
              Observation.of(
                  cells[0], Long.parseLong(cells[1]), Arrays.copyOf(numbers, fieldCount)),
              numbers[fieldCount],
              Arrays.copyOfRange(numbers, fieldCount + 1, numbers.length)));
    }
    return rows;
  }

  private String header() {
    List<String> names = new ArrayList<>(List.of("key", "event_time"));
    names.addAll(model.card().fields());
    names.add("unit");
    for (int k = 1; k <= model.card().horizon(); k++) {
      names.add("f" + k);
    }
    return String.join(",", names);
  }

  /** The observations of every key, in order. */
  public Map<String, List<Observation>> observationsByKey() {
    Map<String, List<Observation>> byKey = new LinkedHashMap<>();
    for (Row row : stream()) {
      byKey
          .computeIfAbsent(row.observation().key(), key -> new ArrayList<>())
          .add(row.observation());
    }
    return byKey;
  }
}
