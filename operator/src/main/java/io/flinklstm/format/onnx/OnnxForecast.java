package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.GateOrder;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.WeightsBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the outputs of a traced graph: one is the forecast, the others may be h and c, which
 * {@link OnnxStates} checks. The forecast must include the last step, and all outputs of the layer
 * must come from the same step.
 */
final class OnnxForecast {

  private final OnnxTrace trace;
  private final Map<String, OnnxValue> outputs = new LinkedHashMap<>();
  private final String forecastName;
  private final List<Row> rows; // of the forecast
  private final int steps;
  private final List<String> notes = new ArrayList<>();

  /** An output of the model: which number of which signal, and the LSTM layer below it. */
  private record Row(OnnxSignal of, OnnxSignal.Hidden layer, int number) {}

  /**
   * @param isOfAnyLength whether sequences may have any number of steps
   */
  OnnxForecast(GraphProto graph, OnnxTrace trace, boolean isOfAnyLength) {
    this.trace = trace;
    for (ValueInfoProto output : graph.getOutputList()) {
      outputs.put(output.getName(), trace.value(output.getName()));
    }
    this.forecastName = forecastName();
    this.rows = rows(trace.value(forecastName));
    OnnxSignal.Hidden top = rows.get(0).layer;
    notes.addAll(new OnnxStates(trace, outputs, forecastName).check(top));
    addFormNotes(top);
    checkInput(top);
    addStepsNote(top, isOfAnyLength);
    this.steps = isOfAnyLength ? 0 : top.steps();
  }

  /** The number of steps per sequence that the graph is made for, or 0 for any number. */
  int steps() {
    return steps;
  }

  List<String> notes() {
    return notes;
  }

  private void checkInput(OnnxSignal.Hidden top) {
    OnnxSignal.Hidden first = top;
    while (first.lower() != null) {
      first = first.lower();
    }
    if (first.below() instanceof OnnxSignal.Input input && !input.isReal()) {
      throw trace.refused(
          "input " + input.name(),
          "expected FLOAT or DOUBLE, got " + OnnxTensors.typeName(input.type()));
    }
  }

  private void addFormNotes(OnnxSignal.Hidden top) {
    for (OnnxSignal.Hidden layer = top; layer != null; layer = layer.lower()) {
      if (trace.cell(layer) instanceof OnnxSignal.CellPart) {
        notes.add(layer.name() + " is written out: its gates are recognized by how they are used");
      }
    }
  }

  private void addStepsNote(OnnxSignal.Hidden top, boolean isOfAnyLength) {
    if (top.batch() > 1) {
      notes.add(
          "reads "
              + top.batch()
              + " sequences at once"
              + (top.steps() == 1
                  ? ", one step of each; if they are steps of one, batch_first=True is missing"
                  : ""));
    }
    if (!isOfAnyLength && (top.steps() > 1 || notes.isEmpty())) {
      notes.add("reads sequences of " + top.steps() + (top.steps() == 1 ? " step" : " steps"));
    }
  }

  /**
   * Checks that another trace of the graph, for a different number of steps, computes the same.
   *
   * @throws ModelFileException if its weights depend on that number
   */
  void checkSame(OnnxForecast other) {
    if (!weights().build().hasSameBits(other.weights().build())) {
      throw trace.refused(
          "output " + Excerpt.name(forecastName),
          "expected the same weights for sequences of any length, got weights that depend on it");
    }
  }

  /** The name of the one output of a linear layer, or of the first that is h of the top layer. */
  private String forecastName() {
    List<String> linear = new ArrayList<>();
    String hidden = null;
    OnnxSignal top = null;
    for (Map.Entry<String, OnnxValue> output : outputs.entrySet()) {
      OnnxSignal first = first(output.getValue());
      if (first instanceof OnnxSignal.Linear) {
        linear.add(output.getKey());
      } else if (first instanceof OnnxSignal.Hidden && (top == null || isAbove(first, top))) {
        hidden = output.getKey();
        top = first;
      }
    }
    if (linear.size() > 1) {
      throw trace.refused(
          "outputs", "expected one that comes from a linear layer, got " + Excerpt.list(linear));
    }
    if (!linear.isEmpty()) {
      return linear.get(0);
    }
    if (hidden == null) {
      throw trace.refused(
          "outputs",
          "expected one that is linear in h of an LSTM layer, got "
              + Excerpt.list(outputs.keySet()));
    }
    return hidden;
  }

  private static boolean isAbove(OnnxSignal upper, OnnxSignal lower) {
    OnnxSignal below = upper;
    while (below instanceof OnnxSignal.Hidden hidden) {
      below = hidden.below();
      if (below == lower) {
        return true;
      }
    }
    return false;
  }

  private @Nullable OnnxSignal first(OnnxValue value) {
    return value.isConstant() || value.size() == 0 ? null : trace.signal(value.elements()[0]);
  }

  /**
   * What the forecast's numbers are, which must be the same at each step and for each sequence.
   * Either all steps must be there in order, or only the last one.
   */
  private List<Row> rows(OnnxValue forecast) {
    OnnxSignal.Hidden hidden = row(forecast.elements()[0]).layer;
    OnnxSignal below = below(row(forecast.elements()[0]).of);
    int firstPlace = place(forecast.elements()[0]);
    List<Row> rows = new ArrayList<>();
    for (long id : forecast.elements()) {
      if (place(id) == firstPlace && below(row(id).of) == below) {
        rows.add(row(id));
      }
    }
    int[] seen = new int[hidden.steps() * hidden.batch()];
    int[] lastStep = new int[hidden.batch()];
    Arrays.fill(lastStep, -1);
    for (long id : forecast.elements()) {
      Row row = row(id);
      if (below(row.of) != below || row.of.getClass() != rows.get(0).of.getClass()) {
        throw notLinear(trace.describe(forecast.elements()[0]) + " and " + trace.describe(id));
      }
      int place = place(id);
      int nth = seen[place]++;
      if (nth >= rows.size() || row.of != rows.get(nth).of || row.number != rows.get(nth).number) {
        throw notLinear("different outputs at different steps");
      }
      int step = place / hidden.batch();
      if (nth == 0 && step <= lastStep[place % hidden.batch()]) {
        throw notLinear("steps in another order");
      }
      lastStep[place % hidden.batch()] = step;
    }
    checkSteps(hidden, seen, rows.size());
    return rows;
  }

  private Row row(long id) {
    OnnxSignal signal = trace.signal(id);
    OnnxSignal.Hidden layer = OnnxSignal.hidden(signal);
    if (layer == null) {
      throw notLinear(trace.describe(id));
    }
    return new Row(signal, layer, OnnxSignal.elementOf(id) % OnnxSignal.width(signal));
  }

  /** t * batch + b. */
  private int place(long id) {
    return OnnxSignal.elementOf(id) / OnnxSignal.width(trace.signal(id));
  }

  private static OnnxSignal below(OnnxSignal signal) {
    return signal instanceof OnnxSignal.Linear linear ? linear.below() : signal;
  }

  private ModelFileException notLinear(String got) {
    return trace.refused(
        "output " + Excerpt.name(forecastName),
        "expected the outputs of one linear layer for each step, got " + got);
  }

  private void checkSteps(OnnxSignal.Hidden hidden, int[] seen, int outputs) {
    int places = 0;
    for (int place = 0; place < seen.length; place++) {
      int step = place / hidden.batch() + 1;
      places += seen[place] > 0 ? 1 : 0;
      if (seen[place] > 0 && seen[place] != outputs) {
        throw notLinear(seen[place] + " numbers for some steps, " + outputs + " for others");
      }
      if (step == hidden.steps() && seen[place] == 0) {
        throw trace.refused(
            "output " + Excerpt.name(forecastName),
            "expected the forecast after the last step, " + step + ", got another step's");
      }
    }
    if (places != hidden.batch() && places != seen.length) {
      throw notLinear("some of the " + hidden.steps() + " steps");
    }
  }

  /** The layers from the input to the forecast. */
  WeightsBuilder weights() {
    List<OnnxSignal> path = new ArrayList<>(); // from the top downwards
    OnnxSignal below = below(rows.get(0).of);
    while (!(below instanceof OnnxSignal.Input)) {
      path.add(below);
      below =
          below instanceof OnnxSignal.Hidden hidden
              ? hidden.below()
              : ((OnnxSignal.Linear) below).below();
    }
    WeightsBuilder weights = new WeightsBuilder(GateOrder.ONNX);
    for (int k = path.size() - 1; k >= 0; k--) {
      if (path.get(k) instanceof OnnxSignal.Hidden hidden) {
        weights.add(hidden.layer());
      } else if (path.get(k) instanceof OnnxSignal.Linear linear) {
        weights.addLinear(
            linear.weight().length / linear.outputSize(),
            linear.outputSize(),
            linear.weight(),
            linear.bias());
      }
    }
    addHead(weights);
    return weights;
  }

  /**
   * Adds the rows of the forecast, which come from one linear layer or from several side by side.
   */
  private void addHead(WeightsBuilder weights) {
    int width = OnnxSignal.width(below(rows.get(0).of));
    boolean isLinear = rows.get(0).of instanceof OnnxSignal.Linear;
    if (!isLinear && isWhole(width)) {
      return;
    }
    trace.checkSize(rows.size(), width);
    float[] weight = new float[rows.size() * width];
    float[] bias = null;
    for (int o = 0; o < rows.size(); o++) {
      Row row = rows.get(o);
      if (row.of instanceof OnnxSignal.Linear linear) {
        System.arraycopy(linear.weight(), row.number * width, weight, o * width, width);
        if (linear.bias() != null) {
          bias = bias == null ? new float[rows.size()] : bias;
          bias[o] = linear.bias()[row.number];
        }
      } else {
        weight[o * width + row.number] = 1;
      }
    }
    weights.addLinear(width, rows.size(), weight, bias);
  }

  private boolean isWhole(int width) {
    for (int o = 0; o < rows.size(); o++) {
      if (rows.get(o).number != o) {
        return false;
      }
    }
    return rows.size() == width;
  }
}
