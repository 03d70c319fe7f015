package io.flinklstm.format.weights;

/**
 * The order in which a format stacks the rows of the four gates. Only this class converts it to
 * ours, which is PyTorch's. The gate that we and PyTorch call g is called c by ONNX and Keras.
 */
public enum GateOrder {
  PYTORCH("i,f,g,o", 0, 1, 2, 3),
  ONNX("i,o,f,c", 0, 2, 3, 1),
  KERAS("i,f,c,o", 0, 1, 2, 3);

  private final String letters;
  private final int[] positions; // of i, f, g, o

  GateOrder(String letters, int... positions) {
    this.letters = letters;
    this.positions = positions;
  }

  /** The gates in the format's own letters. */
  public String letters() {
    return letters;
  }

  /**
   * The rows in the order i, f, g, o, with each gate and each row padded with zeros to the wanted
   * size.
   *
   * @param rows (4*hiddenSize, columns) in this order. Not modified
   * @param toHiddenSize rows per gate in the result, at least hiddenSize
   * @param toColumns numbers per row in the result, at least columns
   * @return (4*toHiddenSize, toColumns), rows i,f,g,o
   */
  float[] toPyTorch(float[] rows, int hiddenSize, int columns, int toHiddenSize, int toColumns) {
    float[] result = new float[4 * toHiddenSize * toColumns];
    for (int gate = 0; gate < 4; gate++) {
      for (int k = 0; k < hiddenSize; k++) {
        System.arraycopy(
            rows,
            (positions[gate] * hiddenSize + k) * columns,
            result,
            (gate * toHiddenSize + k) * toColumns,
            columns);
      }
    }
    return result;
  }
}
