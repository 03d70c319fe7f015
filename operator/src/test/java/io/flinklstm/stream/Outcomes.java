package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.testing.Bits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came out of streams, as text that differs when any bit does, in order for each key and
 * output. The order across keys is not defined.
 */
final class Outcomes {

  private final Map<String, List<String>> lines = new TreeMap<>();

  void predicted(Prediction prediction) {
    add(prediction.key(), "predicted", prediction.status() + " " + Bits.of(prediction));
  }

  void late(Observation observation) {
    add(observation.key(), "late", text(observation));
  }

  void duplicate(Observation observation) {
    add(observation.key(), "duplicate", text(observation));
  }

  void refused(DeadLetter letter) {
    String position = letter.source() == null ? "" : letter.source().position().toString();
    add(letter.key(), "refused", letter.stage() + " " + position + " " + letter.rejection());
  }

  private static String text(Observation observation) {
    return observation + " " + observation.sequence() + " " + observation.position();
  }

  private void add(String key, String way, String text) {
    List<String> earlier = lines.computeIfAbsent(key + " " + way, k -> new ArrayList<>());
    earlier.add(key + " " + way + " " + earlier.size() + ": " + text);
  }

  /** Everything, by key and output. */
  List<String> lines() {
    return lines.values().stream().flatMap(List::stream).toList();
  }

  /** The lines with predictions. */
  List<String> predictions() {
    return lines().stream().filter(line -> line.contains(" predicted ")).toList();
  }
}
