package io.flinklstm.train.backtest;

import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.Split;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.jspecify.annotations.Nullable;

/**
 * A ridge regression on the last values of the target: what a model must beat to be worth its
 * weights.
 *
 * <p>One weight matrix W for all streams, from the origins of the training part:
 *
 * <pre>
 *   W = (X'X + lambda m I)^-1 X'Y,   lambda = 0.1
 * </pre>
 *
 * where X (n, lags) and Y (n, horizon) are centred and m is the mean of X'X's diagonal, so that
 * nothing depends on the target's unit. A row of X holds the last targets of a stream in units of
 * its standard deviation, newest first, and a row of Y the next ones; for a target that is a level,
 * both are taken relative to the newest. Numbers are clipped at 30 standard deviations in both for
 * the fit, and in X for a forecast.
 */
final class Ridge {

  private static final double LAMBDA = 0.1;
  private static final double CLIP = 30;
  private static final int BLOCK = 512; // rows of X at once, so that they stay in the cache

  private final int lags;
  private final int horizon;
  private final double[] weights; // (lags, horizon)
  private final double[] intercepts; // (horizon)

  private Ridge(int lags, int horizon, double[] weights, double[] intercepts) {
    this.lags = lags;
    this.horizon = horizon;
    this.weights = weights;
    this.intercepts = intercepts;
  }

  /**
   * Fits on the training part.
   *
   * @param scales of the dataset's streams, in their order
   * @param lags how many values it sees, at least 1
   * @return null if no origin has that many values up to it
   */
  static @Nullable Ridge fit(Dataset dataset, List<TargetScale> scales, int lags) {
    int horizon = dataset.card().horizon();
    Sums sums = new Sums(lags, horizon);
    for (int s = 0; s < scales.size(); s++) {
      EncodedSeries stream = dataset.series().get(s);
      double[] z = scales.get(s).inUnits(dataset, stream);
      int end = stream.indexOfRow(dataset.end(Split.Part.TRAIN, stream));
      for (int index = 0; index < end; index++) {
        if (stream.steps(index) >= lags && dataset.isOrigin(stream, index, Split.Part.TRAIN)) {
          sums.add(z, index, scales.get(s).isStepwise());
        }
      }
    }
    return sums.solve();
  }

  /**
   * Forecasts moves.
   *
   * @param z (size) the stream's target in units. Not modified
   * @param index of the observation that the forecast follows, with all lags up to it
   * @param moves (horizon), from the value at the observation. Modified
   */
  void forecast(TargetScale scale, double[] z, int index, double[] moves) {
    double base = scale.isStepwise() ? 0 : z[index];
    System.arraycopy(intercepts, 0, moves, 0, horizon);
    for (int lag = 0; lag < lags; lag++) {
      double x = clip(z[index - lag] - base);
      for (int k = 0; k < horizon; k++) {
        moves[k] += x * weights[lag * horizon + k];
      }
    }
    if (scale.isStepwise()) {
      double sum = 0;
      for (int k = 0; k < horizon; k++) {
        sum += moves[k];
        moves[k] = sum;
      }
    }
  }

  int lags() {
    return lags;
  }

  private static double clip(double value) {
    return Math.max(-CLIP, Math.min(CLIP, value));
  }

  /** Accumulates the normal equations. */
  private static final class Sums {

    private final int lags;
    private final int horizon;
    private final DMatrixRMaj x; // (rows, lags), a block
    private final DMatrixRMaj y; // (rows, horizon)
    private final DMatrixRMaj xx; // (lags, lags), X'X
    private final DMatrixRMaj xy; // (lags, horizon), X'Y
    private final double[] xSum; // (lags)
    private final double[] ySum; // (horizon)
    private int rows; // in the block
    private long count;

    Sums(int lags, int horizon) {
      this.lags = lags;
      this.horizon = horizon;
      this.x = new DMatrixRMaj(BLOCK, lags);
      this.y = new DMatrixRMaj(BLOCK, horizon);
      this.xx = new DMatrixRMaj(lags, lags);
      this.xy = new DMatrixRMaj(lags, horizon);
      this.xSum = new double[lags];
      this.ySum = new double[horizon];
    }

    void add(double[] z, int index, boolean stepwise) {
      double base = stepwise ? 0 : z[index];
      for (int lag = 0; lag < lags; lag++) {
        double value = clip(z[index - lag] - base);
        x.data[rows * lags + lag] = value;
        xSum[lag] += value;
      }
      for (int k = 0; k < horizon; k++) {
        double value = clip(z[index + 1 + k] - base);
        y.data[rows * horizon + k] = value;
        ySum[k] += value;
      }
      count++;
      if (++rows == BLOCK) {
        flush();
      }
    }

    private void flush() {
      x.reshape(rows, lags);
      y.reshape(rows, horizon);
      CommonOps_DDRM.multAddTransA(x, x, xx);
      CommonOps_DDRM.multAddTransA(x, y, xy);
      rows = 0;
      x.reshape(BLOCK, lags);
      y.reshape(BLOCK, horizon);
    }

    @Nullable Ridge solve() {
      if (count == 0) {
        return null;
      }
      flush();
      for (int row = 0; row < lags; row++) {
        for (int column = 0; column < lags; column++) {
          xx.add(row, column, -xSum[row] * xSum[column] / count);
        }
        for (int k = 0; k < horizon; k++) {
          xy.add(row, k, -xSum[row] * ySum[k] / count);
        }
      }
      double mean = CommonOps_DDRM.trace(xx) / lags;
      for (int row = 0; row < lags; row++) {
        // Where nothing ever moves, there is nothing to shrink.
        xx.add(row, row, mean > 0 ? LAMBDA * mean : 1);
      }
      LinearSolverDense<DMatrixRMaj> cholesky = LinearSolverFactory_DDRM.symmPosDef(lags);
      DMatrixRMaj weights = new DMatrixRMaj(lags, horizon);
      if (!cholesky.setA(xx)) {
        throw new IllegalStateException("X'X + lambda m I is positive definite");
      }
      cholesky.solve(xy, weights);
      double[] intercepts = new double[horizon];
      for (int k = 0; k < horizon; k++) {
        intercepts[k] = ySum[k] / count;
        for (int lag = 0; lag < lags; lag++) {
          intercepts[k] -= weights.get(lag, k) * xSum[lag] / count;
        }
      }
      return new Ridge(lags, horizon, weights.data.clone(), intercepts);
    }
  }
}
