package io.flinklstm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.model.LstmWeights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a network reads and gives, from x.csv (key, f0, ...) and y.csv (key, y0, ... in float64) of
 * a folder of the resources; each key begins with the network's initial state.
 */
public final class NetworkGolden {

  private final String folder;
  private final List<String> inputs;
  private final List<String> outputs;

  private NetworkGolden(String folder, List<String> inputs, List<String> outputs) {
    this.folder = folder;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  public static NetworkGolden load(String folder) {
    List<String> inputs = TestResources.lines(folder + "/x.csv");
    List<String> outputs = TestResources.lines(folder + "/y.csv");
    assertThat(outputs).as(folder).hasSameSizeAs(inputs).hasSizeGreaterThan(1);
    return new NetworkGolden(folder, inputs, outputs);
  }

  /** Steps the network over all rows; every output must agree within 2e-6 * max(1, |y|). */
  public void assertMatches(LstmWeights weights, KernelType kernel) {
    LstmModel model = new LstmModel(weights, kernel.create());
    Map<String, LstmState> states = new HashMap<>();
    float[] y = new float[weights.config().outputSize()];
    for (int row = 1; row < inputs.size(); row++) {
      String key = inputs.get(row).split(",")[0];
      float[] x = floats(inputs.get(row));
      double[] expected = doubles(outputs.get(row));
      assertThat(x).as("inputs of %s", folder).hasSize(weights.config().inputSize());
      assertThat(expected).as("outputs of %s", folder).hasSize(y.length);
      LstmState state = states.computeIfAbsent(key, any -> model.initialState());
      model.step(x, state, state);
      model.head(state, y);
      for (int o = 0; o < y.length; o++) {
        assertThat(Math.abs(y[o] - expected[o]))
            .as("%s row %d output %d: expected %s, got %s", folder, row, o, expected[o], y[o])
            .isLessThanOrEqualTo(2e-6 * Math.max(1, Math.abs(expected[o])));
      }
    }
  }

  private static double[] doubles(String line) {
    return Arrays.stream(line.split(",")).skip(1).mapToDouble(Double::parseDouble).toArray();
  }

  private static float[] floats(String line) {
    double[] values = doubles(line);
    float[] floats = new float[values.length];
    for (int k = 0; k < floats.length; k++) {
      floats[k] = (float) values[k];
    }
    return floats;
  }
}
