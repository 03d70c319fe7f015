package io.flinklstm.local.model;

import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Steps a network over the rows of one file, with a separate state for each key, and compares its
 * outputs with the rows of another file: row by row or, if that file has one row per key, after the
 * last row of each key.
 */
final class GoldenComparison {

  private final GoldenCsv x;
  private final GoldenCsv y;
  private final GoldenCsv.Row[] expected; // after each row of x, null where unknown
  private final int keys;

  // set by run
  private double largestY;
  private Difference largest;

  /**
   * Where expected and got differ most.
   *
   * @param row of x, from 0
   * @param output of the network, from 0
   * @param relative the difference relative to max(1, |expected|); infinite if got is not a number
   */
  record Difference(int row, int output, double expected, float got, double relative) {}

  /**
   * @throws IllegalArgumentException if the files do not match the network or each other
   */
  GoldenComparison(GoldenCsv x, GoldenCsv y, LstmModel model) {
    requireColumns(x, model.config().inputSize(), "inputSize of the model");
    requireColumns(y, model.config().outputSize(), "outputs of the model");
    this.x = x;
    this.y = y;
    Map<String, Integer> lastRows = new LinkedHashMap<>();
    for (int k = 0; k < x.rows().size(); k++) {
      lastRows.put(x.rows().get(k).key(), k);
    }
    this.keys = lastRows.size();
    requireOneStream();
    this.expected = isRowByRow() ? everyRow() : lastRows(lastRows);
  }

  /** Without keys x is a single stream, so y must not name several. */
  private void requireOneStream() {
    if (x.isKeyed()) {
      return;
    }
    GoldenCsv.Row first = y.rows().get(0);
    for (GoldenCsv.Row row : y.rows()) {
      if (!row.key().equals(first.key())) {
        throw new IllegalArgumentException(
            y.name()
                + " line "
                + row.line()
                + ": expected key "
                + first.key()
                + " (line "
                + first.line()
                + ") in every row, because "
                + x.name()
                + " has no column key, got "
                + row.key());
      }
    }
  }

  private static void requireColumns(GoldenCsv csv, int count, String meaning) {
    if (csv.columns().size() != count) {
      throw new IllegalArgumentException(
          "columns besides key and step in "
              + csv.name()
              + ": expected "
              + count
              + " ("
              + meaning
              + "), got "
              + csv.columns().size()
              + ": "
              + csv.columns());
    }
  }

  private GoldenCsv.Row[] everyRow() {
    for (int k = 0; k < x.rows().size() && isByKey(); k++) {
      GoldenCsv.Row row = y.rows().get(k);
      if (!row.key().equals(x.rows().get(k).key())) {
        throw new IllegalArgumentException(
            y.name()
                + " line "
                + row.line()
                + ": expected key "
                + x.rows().get(k).key()
                + " (line "
                + x.rows().get(k).line()
                + " of "
                + x.name()
                + "), got "
                + row.key());
      }
    }
    return y.rows().toArray(GoldenCsv.Row[]::new);
  }

  private GoldenCsv.Row[] lastRows(Map<String, Integer> lastRows) {
    boolean byKey = isByKey();
    if (y.rows().size() != keys || !byKey && keys != 1) {
      throw new IllegalArgumentException(
          y.name()
              + ": expected "
              + x.rows().size()
              + " rows, one for each row of "
              + x.name()
              + ", or "
              + (keys == 1 ? "one" : keys + ", one for each key, with a column key")
              + ", got "
              + y.rows().size());
    }
    GoldenCsv.Row[] rows = new GoldenCsv.Row[x.rows().size()];
    for (GoldenCsv.Row row : y.rows()) {
      Integer last = lastRows.remove(byKey ? row.key() : x.rows().get(0).key());
      if (last == null) {
        throw new IllegalArgumentException(
            y.name()
                + " line "
                + row.line()
                + ": expected every key of "
                + x.name()
                + " once, got "
                + row.key());
      }
      rows[last] = row;
    }
    return rows;
  }

  void run(LstmModel model) {
    Map<String, LstmState> states = new HashMap<>();
    float[] input = new float[model.config().inputSize()];
    float[] output = new float[model.config().outputSize()];
    for (int row = 0; row < expected.length; row++) {
      GoldenCsv.Row read = x.rows().get(row);
      for (int k = 0; k < input.length; k++) {
        input[k] = (float) read.values()[k];
      }
      LstmState state = states.computeIfAbsent(read.key(), key -> model.initialState());
      model.step(input, state, state);
      if (expected[row] != null) {
        model.head(state, output);
        compare(row, expected[row].values(), output);
      }
    }
  }

  private void compare(int row, double[] wanted, float[] got) {
    for (int k = 0; k < got.length; k++) {
      double scale = Math.max(1, Math.abs(wanted[k]));
      double relative = Math.abs(got[k] - wanted[k]) / scale;
      if (Double.isNaN(relative)) {
        relative = Double.POSITIVE_INFINITY;
      }
      if (largest == null || relative > largest.relative) {
        largest = new Difference(row, k, wanted[k], got[k], relative);
      }
      largestY = Math.max(largestY, Math.abs(wanted[k]));
    }
  }

  private boolean isByKey() {
    return x.isKeyed() && y.isKeyed();
  }

  /** With one row per key, the rows of y may be in any order. */
  private boolean isRowByRow() {
    return isEveryRow() && !(isByKey() && y.rows().size() == keys);
  }

  private boolean isEveryRow() {
    return x.rows().size() == y.rows().size();
  }

  /** What is compared, in words. */
  String scope() {
    return String.format(
        Locale.ROOT,
        "%s, %,d rows of %,d %s",
        isEveryRow() ? "every row" : "the last row of each key",
        x.rows().size(),
        keys,
        keys == 1 ? "key" : "keys");
  }

  /** The largest |y| that was expected. */
  double largestY() {
    return largestY;
  }

  Difference largest() {
    return largest;
  }

  /** Where a difference is, in words. */
  String place(Difference difference) {
    GoldenCsv.Row read = x.rows().get(difference.row());
    return "row "
        + (difference.row() + 1)
        + (x.isKeyed() ? ", key " + read.key() : "")
        + ", output "
        + difference.output()
        + " ("
        + y.columns().get(difference.output())
        + " in line "
        + expected[difference.row()].line()
        + " of "
        + y.name()
        + ")";
  }
}
