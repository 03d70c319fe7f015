package io.flinklstm.train.backtest;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.Split;

/**
 * The scale on which a stream's forecasts are judged: a move is how far the target goes from its
 * last value, as its transform sees it (a logarithm, a difference), in standard deviations of the
 * transformed target over the stream's own training rows. So streams with different prices count
 * equally, and so do calm and volatile ones.
 *
 * @param transform of the target
 * @param mean of the transformed target in the training rows
 * @param unit its standard deviation (of the population) there
 */
record TargetScale(Transform transform, double mean, double unit) {

  /** The number of training rows below which a standard deviation says little. */
  private static final int FEW = 20;

  /** The least standard deviation that a stream may have, as a share of the card's. */
  private static final double LEAST = 1e-3;

  /**
   * The scale of a stream; that of the model card if the stream has few training rows or hardly
   * moves in them, because it would outweigh all others as soon as it moved. Where a state begins,
   * a difference or return is 0 because there is no last value, and is left out.
   */
  static TargetScale of(Dataset dataset, EncodedSeries stream) {
    ModelCard card = dataset.card();
    Feature target = card.features().get(card.targetIndex());
    int end = stream.indexOfRow(dataset.end(Split.Part.TRAIN, stream));
    long count = 0;
    double mean = 0;
    double squares = 0; // sum of squared deviations from the mean
    for (int index = 0; index < end; index++) {
      if (stream.steps(index) > 1) {
        count++;
        double deviation = stream.target(index) - mean;
        mean += deviation / count;
        squares += deviation * (stream.target(index) - mean);
      }
    }
    double share = Math.sqrt(squares / count); // of the card's standard deviation
    return count < FEW || !(share > LEAST)
        ? new TargetScale(target.transform(), target.mean(), target.std())
        : new TargetScale(
            target.transform(), mean * target.std() + target.mean(), share * target.std());
  }

  /** Whether the forecast for each observation is a step from the previous one. */
  boolean isStepwise() {
    return transform == Transform.DIFFERENCE || transform == Transform.LOG_RETURN;
  }

  /** The move from one value of the target's formula to another. */
  double move(double from, double to) {
    return switch (transform) {
      case LOG_RETURN -> (StrictMath.log(to) - StrictMath.log(from)) / unit;
      case LOG1P -> (StrictMath.log1p(to) - StrictMath.log1p(from)) / unit;
      case IDENTITY, DIFFERENCE, MINUS_LAST, REVIN -> (to - from) / unit;
    };
  }

  /** Where a move leads: the inverse of {@link #move}. */
  double value(double from, double move) {
    return switch (transform) {
      case LOG_RETURN -> from * StrictMath.exp(move * unit);
      case LOG1P -> StrictMath.expm1(StrictMath.log1p(from) + move * unit);
      case IDENTITY, DIFFERENCE, MINUS_LAST, REVIN -> from + move * unit;
    };
  }

  /** (size), the transformed target in units; for a level, minus the mean. */
  double[] inUnits(Dataset dataset, EncodedSeries stream) {
    Feature target = dataset.card().features().get(dataset.card().targetIndex());
    double origin = isStepwise() ? 0 : mean;
    double[] inUnits = new double[stream.size()];
    for (int index = 0; index < inUnits.length; index++) {
      double transformed = stream.target(index) * target.std() + target.mean();
      inUnits[index] = (transformed - origin) / unit;
    }
    return inUnits;
  }
}
