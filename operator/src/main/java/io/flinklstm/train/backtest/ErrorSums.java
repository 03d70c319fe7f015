package io.flinklstm.train.backtest;

/** The sums from which the errors of one method are computed. */
final class ErrorSums {

  private long count;
  private double scaledSquared;
  private double squared;
  private double absolute;
  private double error;
  private double percent;
  private long percentCount;
  private long right;
  private long directionCount;

  /**
   * @param forecast value of the target's formula
   * @param forecastMove the same as a move from the last value
   * @param actual the value that came
   * @param actualMove the same as a move from the last value
   */
  void add(double forecast, double forecastMove, double actual, double actualMove) {
    double scaled = forecastMove - actualMove;
    double difference = forecast - actual;
    count++;
    scaledSquared += scaled * scaled;
    squared += difference * difference;
    absolute += Math.abs(difference);
    error += difference;
    if (actual != 0) {
      percent += 100 * Math.abs(difference / actual);
      percentCount++;
    }
    if (forecastMove != 0 && actualMove != 0) {
      directionCount++;
      right += forecastMove > 0 == actualMove > 0 ? 1 : 0;
    }
  }

  void addAll(ErrorSums other) {
    count += other.count;
    scaledSquared += other.scaledSquared;
    squared += other.squared;
    absolute += other.absolute;
    error += other.error;
    percent += other.percent;
    percentCount += other.percentCount;
    right += other.right;
    directionCount += other.directionCount;
  }

  long count() {
    return count;
  }

  double scaledSquared() {
    return scaledSquared;
  }

  /**
   * @param hasUnit whether all values are in one unit
   */
  Errors errors(boolean hasUnit) {
    double n = count == 0 ? Double.NaN : count;
    double inUnit = hasUnit ? n : Double.NaN;
    return new Errors(
        scaledSquared / n,
        squared / inUnit,
        Math.sqrt(squared / inUnit),
        absolute / inUnit,
        error / inUnit,
        new Errors.Share(percentCount == 0 ? Double.NaN : percent / percentCount, percentCount),
        new Errors.Share(
            directionCount == 0 ? Double.NaN : (double) right / directionCount, directionCount));
  }
}
