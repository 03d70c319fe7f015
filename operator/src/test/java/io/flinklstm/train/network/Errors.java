package io.flinklstm.train.network;

import static org.assertj.core.api.Assertions.assertThat;

/** Largest differences between arrays of numbers. */
final class Errors {

  private Errors() {}

  static double[] widened(float[] values) {
    double[] widened = new double[values.length];
    for (int k = 0; k < values.length; k++) {
      widened[k] = values[k];
    }
    return widened;
  }

  /** The largest difference, in units of the largest expected magnitude. */
  static double relative(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int k = 0; k < expected.length; k++) {
      difference = Math.max(difference, Math.abs(actual[k] - expected[k]));
      largest = Math.max(largest, Math.abs(expected[k]));
    }
    return difference == 0 ? 0 : difference / largest;
  }

  static double relative(float[] actual, double[] expected) {
    return relative(widened(actual), expected);
  }

  static double relative(float[] actual, float[] expected) {
    return relative(widened(actual), widened(expected));
  }

  /** The largest difference. */
  static double absolute(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    for (int k = 0; k < expected.length; k++) {
      difference = Math.max(difference, Math.abs(actual[k] - expected[k]));
    }
    return difference;
  }
}
