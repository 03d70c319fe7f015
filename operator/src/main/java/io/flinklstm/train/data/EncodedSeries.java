package io.flinklstm.train.data;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.ObservationEncoder;
import java.util.Arrays;

/**
 * A stream as a model reads it, and what the model is to forecast: the observations that count, in
 * order, with their features. Index i is the i-th of them; {@code Forecaster} makes as many
 * forecasts of the series, and the i-th follows the same observation. Immutable.
 */
public final class EncodedSeries {

  private final Series series;
  private final Feature target;
  private final int horizon;
  private int size;
  private int[] rows; // (size), the observation's row in the series
  private int[] begins; // (size), the index at which its state began
  private double[] scaled; // (size, inputSize)
  private double[] values; // (size), the target formula's value

  EncodedSeries(Series series, ModelCard card) {
    this.series = series;
    this.target = card.features().get(card.targetIndex());
    this.horizon = card.horizon();
    int inputSize = card.features().size();
    this.rows = new int[series.size()];
    this.begins = new int[series.size()];
    this.scaled = new double[Math.multiplyExact(series.size(), inputSize)];
    this.values = new double[series.size()];
    ObservationEncoder encoder = new ObservationEncoder(card);
    for (int row = 0; row < series.size(); row++) {
      if (encoder.encode(series.observation(row)) == null) {
        rows[size] = row;
        begins[size] = encoder.isReset() ? size : begins[size - 1];
        System.arraycopy(encoder.scaled(), 0, scaled, size * inputSize, inputSize);
        values[size] = encoder.values()[card.targetIndex()];
        size++;
      }
    }
    if (size < series.size()) {
      rows = Arrays.copyOf(rows, size);
      begins = Arrays.copyOf(begins, size);
      scaled = Arrays.copyOf(scaled, size * inputSize);
      values = Arrays.copyOf(values, size);
    }
  }

  public Series series() {
    return series;
  }

  /** The number of observations that count; the others are late, duplicate or unusable. */
  public int size() {
    return size;
  }

  /** The index of the first observation at or after a row of the series. */
  public int indexOfRow(int row) {
    int index = Arrays.binarySearch(rows, row);
    return index < 0 ? -index - 1 : index;
  }

  /** The row of an observation in the series. */
  public int row(int index) {
    return rows[index];
  }

  /** Steps of the state up to and including this observation, 1 where it begins. */
  public int steps(int index) {
    return index - begins[index] + 1;
  }

  /** The target formula's value, in its unit. */
  public double value(int index) {
    return values[index];
  }

  /**
   * The scaled target, neither clipped nor narrowed: what the model is to forecast at the previous
   * observation.
   */
  public double target(int index) {
    return target.scale(values[index], values[begins[index] == index ? index : index - 1]);
  }

  /** (size, inputSize): the live array, not to be modified. */
  public double[] scaled() {
    return scaled;
  }

  /** Whether an observation exists and the state of an earlier one carries on to it. */
  private boolean reaches(int from, int index) {
    return index < size && begins[index] <= from;
  }

  /**
   * Whether the k-th observation after this one can be forecast from it and lies within the given
   * rows of the series.
   *
   * @param k horizon step, from 1
   */
  public boolean isKnown(int index, int k, int firstRow, int endRow) {
    return reaches(index, index + k) && rows[index + k] >= firstRow && rows[index + k] < endRow;
  }

  /**
   * Whether everything to be forecast from an observation lies within the given rows of the series;
   * what it is forecast from may lie before them.
   */
  public boolean isOrigin(int index, int firstRow, int endRow) {
    return isKnown(index, horizon, firstRow, endRow) && rows[index + 1] >= firstRow;
  }
}
