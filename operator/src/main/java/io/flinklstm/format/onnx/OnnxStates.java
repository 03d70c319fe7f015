package io.flinklstm.format.onnx;

import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a graph that are h and c before the first step. Their next values must come out
 * element by element and in one piece, because callers that carry them from step to step feed them
 * back unchanged. If no state comes out at all, none is carried and every sequence begins with
 * zeros; a graph of single steps is then refused.
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
   * @return notes on what becomes of each input
   * @throws ModelFileException naming the first that is not carried as it should be
   */
  List<String> check(OnnxSignal.Hidden top) {
    Set<OnnxSignal.Hidden> path = new HashSet<>();
    OnnxSignal bottom = top;
    for (OnnxSignal.Hidden layer = top; layer != null; layer = layer.lower()) {
      path.add(layer);
      bottom = layer.below();
      addStates(layer);
    }
    for (OnnxSignal.Hidden layer : trace.layers()) {
      checkIsNoState((OnnxSignal.Input) bottom, layer.h0());
      checkIsNoState((OnnxSignal.Input) bottom, layer.c0());
    }
    checkLayers(path);
    boolean isGivenOut =
        outputs.entrySet().stream()
            .anyMatch(out -> !out.getKey().equals(forecastName) && holdsState(out.getValue()));
    next.forEach((input, wanted) -> checkState(input, wanted, isGivenOut, top.steps()));
    return notes;
  }

  private void checkIsNoState(OnnxSignal.Input features, @Nullable OnnxValue state) {
    if (state != null
        && Arrays.stream(state.elements()).anyMatch(id -> trace.signal(id) == features)) {
      throw trace.refused(
          "input " + features.name(),
          "expected either features or an initial state, got one that is read as both");
    }
  }

  /** No output may come from a layer that the forecast does not depend on. */
  private void checkLayers(Set<OnnxSignal.Hidden> path) {
    for (Map.Entry<String, OnnxValue> output : outputs.entrySet()) {
      if (!output.getValue().isConstant()) {
        for (long id : output.getValue().elements()) {
          if (trace.signal(id) instanceof OnnxSignal.Hidden layer && !path.contains(layer)) {
            throw trace.refused(
                "output " + Excerpt.name(output.getKey()),
                "expected h of layers that the forecast is computed from, got that of "
                    + layer.name());
          }
        }
      }
    }
  }

  private boolean holdsState(OnnxValue value) {
    if (value.isConstant()) {
      return false;
    }
    for (long id : value.elements()) {
      OnnxSignal signal = trace.signal(id);
      if (signal instanceof OnnxSignal.Cell
          || signal instanceof OnnxSignal.CellPart
          || signal instanceof OnnxSignal.Hidden
          || next.containsKey(signal)) {
        return true;
      }
    }
    return false;
  }

  private void addStates(OnnxSignal.Hidden layer) {
    OnnxValue h0 = layer.h0();
    OnnxValue c0 = layer.c0();
    if ((h0 == null) != (c0 == null)) {
      throw trace.refused(
          layer.name(),
          "expected initial_h and initial_c both as inputs of the graph or neither, got one");
    }
    if (h0 == null || c0 == null) {
      return;
    }
    int size = layer.batch() * layer.size();
    OnnxSignal cell = trace.cell(layer);
    for (int k = 0; k < size; k++) {
      feed(h0.elements()[k], layer.id((layer.steps() - 1) * size + k));
      feed(c0.elements()[k], cell.id(k));
    }
  }

  /** Records what an element that goes in becomes after the last step. */
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
          "expected each element to initialize one h or one c, got one that initializes several");
    }
    ids[element] = nextId;
  }

  private void checkState(OnnxSignal.Input input, long[] wanted, boolean isGivenOut, int steps) {
    if (!input.isReal()) {
      throw trace.refused("input " + input.name(), "expected FLOAT or DOUBLE, got another type");
    }
    String carrier = carrier(wanted);
    if (carrier != null) {
      notes.add("input " + input.name() + " is carried on as output " + Excerpt.name(carrier));
      return;
    }
    if (isGivenOut || steps == 1) {
      throw trace.refused(
          "input " + input.name(),
          "expected an output that gives its next value element by element, got none among "
              + Excerpt.list(outputs.keySet()));
    }
    notes.add("input " + input.name() + " is not returned as an output: it begins with zeros");
  }

  /** The output that is a state's next value, or at least holds it in one piece; null if none. */
  private @Nullable String carrier(long[] wanted) {
    String carrier = null;
    for (Map.Entry<String, OnnxValue> output : outputs.entrySet()) {
      OnnxValue value = output.getValue();
      if (!value.isConstant() && contains(value.elements(), wanted)) {
        if (value.size() == wanted.length) {
          return output.getKey();
        }
        carrier = carrier == null ? output.getKey() : carrier;
      }
    }
    return carrier;
  }

  private static boolean contains(long[] elements, long[] wanted) {
    for (int begin = 0; begin + wanted.length <= elements.length; begin++) {
      if (elements[begin] == wanted[0]
          && Arrays.equals(elements, begin, begin + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }
}
