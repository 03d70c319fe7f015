package io.flinklstm.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs of a graph that are h and c before the first step. What goes in must come out as its
 * next values, element by element: whoever carries them from step to step feeds an output back as
 * it is. Without such an output nobody carries.
 */
final class OnnxStates {

  private static final long NOTHING = -1;

  private final OnnxTrace trace;
  private final Map<String, OnnxValue> outputs;
  private final String forecastName;
  private final Map<OnnxSignal.Input, long[]> next = new LinkedHashMap<>(); // identifiers
  private final List<String> notes = new ArrayList<>();

  OnnxStates(OnnxTrace trace, Map<String, OnnxValue> outputs, String forecastName) {
    this.trace = trace;
    this.outputs = outputs;
    this.forecastName = forecastName;
  }

  /**
   * @param top the layer that the forecast is computed from, above all others
   * @return what becomes of each input
   * @throws ModelFileException naming the first that is not carried as it should
   */
  List<String> check(OnnxSignal.Hidden top) {
    for (OnnxSignal.Hidden layer = top; layer != null; layer = layer.lower()) {
      addStates(layer);
    }
    next.forEach(this::checkState);
    return notes;
  }

  private void addStates(OnnxSignal.Hidden layer) {
    if ((layer.h0() == null) != (layer.c0() == null)) {
      throw trace.refused(
          layer.name(),
          "expected initial_h and initial_c both as inputs of the graph or neither, got one");
    }
    int size = layer.batch() * layer.size();
    OnnxSignal cell = trace.cell(layer);
    for (int k = 0; layer.h0() != null && k < size; k++) {
      feed(layer.h0().elements()[k], layer.id((layer.steps() - 1) * size + k));
      feed(layer.c0().elements()[k], cell.id(k));
    }
  }

  /** Says what an element that goes in is after the last step. */
  private void feed(long id, long nextId) {
    OnnxSignal.Input input = (OnnxSignal.Input) trace.signal(id);
    long[] ids =
        next.computeIfAbsent(
            input,
            any -> {
              long[] none = new long[OnnxValue.sizeOf(input.shape())];
              Arrays.fill(none, NOTHING);
              return none;
            });
    int element = OnnxSignal.elementOf(id);
    if (ids[element] != NOTHING) {
      throw trace.refused(
          "input " + input.name(),
          "expected each element to begin one h or one c, got one that begins several");
    }
    ids[element] = nextId;
  }

  private void checkState(OnnxSignal.Input input, long[] wanted) {
    boolean isGivenOut = false;
    for (Map.Entry<String, OnnxValue> output : outputs.entrySet()) {
      OnnxValue value = output.getValue();
      if (!value.isConstant() && Arrays.equals(value.elements(), wanted)) {
        notes.add(
            "input "
                + input.name()
                + " is carried on as output "
                + OnnxTrace.shortened(output.getKey()));
        return;
      }
      isGivenOut |=
          value.size() == wanted.length && !output.getKey().equals(forecastName) && isState(value);
    }
    if (isGivenOut) {
      throw trace.refused(
          "input " + input.name(),
          "expected an output that gives its next value element by element, got none among "
              + outputs.keySet().stream().map(OnnxTrace::shortened).toList());
    }
    notes.add("input " + input.name() + " is not given out again: zeros at the beginning");
  }

  private boolean isState(OnnxValue value) {
    if (value.isConstant() || value.size() == 0) {
      return false;
    }
    OnnxSignal first = trace.signal(value.elements()[0]);
    return !(first instanceof OnnxSignal.Input) && !(first instanceof OnnxSignal.Linear);
  }
}
