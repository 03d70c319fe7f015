package io.flinklstm.local.demo;

import io.flinklstm.local.ticks.PredictionRecord;

/**
 * Squared error of the forecasts of a stream's next log return, compared with that of "no change",
 * which forecasts a return of 0. Takes a stream's predictions in order and judges each by the next
 * one.
 */
final class ReturnScore {

  private final long firstStep;
  private PredictionRecord previous;
  private double squaredError;
  private double squaredErrorNoChange;
  private long count;

  /**
   * @param firstStep predictions of earlier steps are not judged
   */
  ReturnScore(long firstStep) {
    this.firstStep = firstStep;
  }

  void add(PredictionRecord prediction) {
    PredictionRecord judged = previous;
    previous = prediction;
    // After a repetition or a reset, the previous prediction is not that of the step before.
    if (judged == null || prediction.step() != judged.step() + 1 || judged.step() < firstStep) {
      return;
    }
    double actual = StrictMath.log(prediction.lastValue() / judged.lastValue());
    double forecast = StrictMath.log(judged.forecasts()[0] / judged.lastValue());
    squaredError += (actual - forecast) * (actual - forecast);
    squaredErrorNoChange += actual * actual;
    count++;
  }

  long count() {
    return count;
  }

  /** How much lower the squared error is than that of "no change", as a fraction. */
  double skill() {
    return 1 - squaredError / squaredErrorNoChange;
  }

  /** The skill in words, for example "5.3 % below". */
  String describe() {
    return count == 0 || squaredErrorNoChange == 0
        ? "-"
        : String.format(
            java.util.Locale.ROOT,
            "%.2f %% %s",
            Math.abs(100 * skill()),
            skill() >= 0 ? "below" : "above");
  }

  void addAll(ReturnScore other) {
    squaredError += other.squaredError;
    squaredErrorNoChange += other.squaredErrorNoChange;
    count += other.count;
  }
}
