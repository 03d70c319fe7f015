package io.flinklstm.train.network;

import io.flinklstm.model.LstmConfig;
import java.util.Arrays;

/**
 * The forward and backward passes written directly from their equations, one number at a time, in
 * double precision with the exact tanh. {@link TrainableLstm} must agree with them up to rounding.
 * The loss is the mean squared error over sequences, steps and outputs. One instance runs once.
 */
final class ReferenceLstm {

  private final LstmConfig config;
  private final double[][] p; // as LstmParameters.arrays()
  private final int hidden;
  private final int steps;
  private final double[][][] gates; // [layer][step] of (4*hidden), i,f,g,o
  private final double[][][] h; // [layer][step + 1] of (hidden)
  private final double[][][] c; // [layer][step + 1] of (hidden)

  final double[][] gradient; // as p
  final double[] y; // (batch, outputs) or (batch, steps, outputs)
  final double[] dx; // (batch, steps, inputs)
  final double[][] dh0; // [layer] of (batch, hidden)
  final double[][] dc0; // [layer] of (batch, hidden)
  double loss;

  ReferenceLstm(LstmConfig config, double[][] p, LstmBatch batch, HeadSteps heads) {
    this.config = config;
    this.p = p;
    this.hidden = config.hiddenSize();
    this.steps = batch.steps();
    this.gates = new double[config.numLayers()][steps][4 * hidden];
    this.h = new double[config.numLayers()][steps + 1][hidden];
    this.c = new double[config.numLayers()][steps + 1][hidden];
    this.gradient = new double[p.length][];
    for (int a = 0; a < p.length; a++) {
      gradient[a] = new double[p[a].length];
    }
    this.y = new double[batch.batch() * heads.count(steps) * config.outputSize()];
    this.dx = new double[batch.batch() * steps * config.inputSize()];
    this.dh0 = new double[config.numLayers()][batch.batch() * hidden];
    this.dc0 = new double[config.numLayers()][batch.batch() * hidden];
  }

  /**
   * Runs the inputs x (batch, steps, inputs) from the states h0, c0, [layer] of (batch, hidden).
   */
  ReferenceLstm run(double[] x, double[][] h0, double[][] c0, double[] target) {
    int batch = dh0[0].length / hidden;
    for (int b = 0; b < batch; b++) {
      double[][] input = new double[steps][config.inputSize()];
      for (int t = 0; t < steps; t++) {
        System.arraycopy(x, (b * steps + t) * input[t].length, input[t], 0, input[t].length);
      }
      for (int l = 0; l < config.numLayers(); l++) {
        System.arraycopy(h0[l], b * hidden, h[l][0], 0, hidden);
        System.arraycopy(c0[l], b * hidden, c[l][0], 0, hidden);
        for (int t = 0; t < steps; t++) {
          step(l, t, l == 0 ? input[t] : h[l - 1][t + 1]);
        }
      }
      double[][] dOut = head(b, y.length / batch / config.outputSize(), target);
      for (int l = config.numLayers() - 1; l >= 0; l--) {
        dOut = backward(l, b, input, dOut);
      }
      for (int t = 0; t < steps; t++) {
        System.arraycopy(dOut[t], 0, dx, (b * steps + t) * dOut[t].length, dOut[t].length);
      }
    }
    return this;
  }

  private void step(int l, int t, double[] input) {
    double[] z = gates[l][t];
    for (int r = 0; r < 4 * hidden; r++) {
      z[r] = p[4 * l + 2][r] + p[4 * l + 3][r];
      for (int j = 0; j < input.length; j++) {
        z[r] += p[4 * l][r * input.length + j] * input[j];
      }
      for (int j = 0; j < hidden; j++) {
        z[r] += p[4 * l + 1][r * hidden + j] * h[l][t][j];
      }
      z[r] = r / hidden == 2 ? Math.tanh(z[r]) : 1 / (1 + Math.exp(-z[r]));
    }
    for (int k = 0; k < hidden; k++) {
      c[l][t + 1][k] = z[hidden + k] * c[l][t][k] + z[k] * z[2 * hidden + k];
      h[l][t + 1][k] = z[3 * hidden + k] * Math.tanh(c[l][t + 1][k]);
    }
  }

  /**
   * Adds a sequence's losses and returns their derivatives with respect to h of the last layer,
   * [step].
   */
  private double[][] head(int b, int heads, double[] target) {
    double[][] dOut = new double[steps][hidden];
    double[] dV = gradient[p.length - 2];
    double known = Math.max(1, Arrays.stream(target).filter(v -> !Double.isNaN(v)).count());
    for (int t = 0; t < heads; t++) {
      int step = steps - heads + t;
      double[] last = h[config.numLayers() - 1][step + 1];
      for (int k = 0; k < config.outputSize(); k++) {
        int at = (b * heads + t) * config.outputSize() + k;
        y[at] = p[p.length - 1][k];
        for (int j = 0; j < hidden; j++) {
          y[at] += p[p.length - 2][k * hidden + j] * last[j];
        }
        double error = Double.isNaN(target[at]) ? 0 : y[at] - target[at];
        loss += error * error / known;
        gradient[p.length - 1][k] += 2 * error / known;
        for (int j = 0; j < hidden; j++) {
          dV[k * hidden + j] += 2 * error / known * last[j];
          dOut[step][j] += 2 * error / known * p[p.length - 2][k * hidden + j];
        }
      }
    }
    return dOut;
  }

  /** Runs a layer backward and returns the derivatives with respect to its inputs, [step]. */
  private double[][] backward(int l, int b, double[][] x, double[][] dOut) {
    double[][] dIn = new double[steps][config.layerInputSize(l)];
    double[] dh = new double[hidden];
    double[] dc = new double[hidden];
    for (int t = steps - 1; t >= 0; t--) {
      double[] dz = new double[4 * hidden];
      for (int k = 0; k < hidden; k++) {
        double i = gates[l][t][k];
        double f = gates[l][t][hidden + k];
        double g = gates[l][t][2 * hidden + k];
        double o = gates[l][t][3 * hidden + k];
        double tanh = Math.tanh(c[l][t + 1][k]);
        double dhk = dh[k] + dOut[t][k];
        double dck = dc[k] + dhk * o * (1 - tanh * tanh);
        dz[k] = dck * g * i * (1 - i);
        dz[hidden + k] = dck * c[l][t][k] * f * (1 - f);
        dz[2 * hidden + k] = dck * i * (1 - g * g);
        dz[3 * hidden + k] = dhk * tanh * o * (1 - o);
        dc[k] = dck * f;
      }
      double[] input = l == 0 ? x[t] : h[l - 1][t + 1];
      dh = new double[hidden];
      for (int r = 0; r < 4 * hidden; r++) {
        gradient[4 * l + 2][r] += dz[r];
        gradient[4 * l + 3][r] += dz[r];
        accumulate(dz[r], p[4 * l], gradient[4 * l], r, input, dIn[t]);
        accumulate(dz[r], p[4 * l + 1], gradient[4 * l + 1], r, h[l][t], dh);
      }
    }
    System.arraycopy(dh, 0, dh0[l], b * hidden, hidden);
    System.arraycopy(dc, 0, dc0[l], b * hidden, hidden);
    return dIn;
  }

  /** Row r of a weight's gradient += dz * input, and the input's derivative += dz * row. */
  private static void accumulate(
      double dz, double[] weight, double[] gradient, int r, double[] input, double[] dIn) {
    for (int j = 0; j < input.length; j++) {
      gradient[r * input.length + j] += dz * input[j];
      dIn[j] += dz * weight[r * input.length + j];
    }
  }
}
