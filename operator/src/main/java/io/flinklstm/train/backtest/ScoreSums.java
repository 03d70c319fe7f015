package io.flinklstm.train.backtest;

/** The sums from which a {@link Score} is computed. */
final class ScoreSums {

  final ErrorSums model = new ErrorSums();
  final ErrorSums noChange = new ErrorSums();
  final ErrorSums ridge = new ErrorSums();
  final DieboldMariano againstNoChange = new DieboldMariano();
  final DieboldMariano againstRidge = new DieboldMariano();

  void addErrors(ScoreSums other) {
    model.addAll(other.model);
    noChange.addAll(other.noChange);
    ridge.addAll(other.ridge);
  }

  void addAll(ScoreSums other) {
    addErrors(other);
    againstNoChange.addAll(other.againstNoChange);
    againstRidge.addAll(other.againstRidge);
  }

  /**
   * @param horizonStep 0 for the mean over all steps
   * @param origins forecasts judged, each with all of its steps
   * @param hasUnit whether all values are in one unit
   */
  Score score(int horizonStep, long origins, boolean hasUnit) {
    return new Score(
        horizonStep,
        origins,
        model.errors(hasUnit),
        baseline(noChange, againstNoChange, hasUnit),
        baseline(ridge, againstRidge, hasUnit));
  }

  private Score.Baseline baseline(ErrorSums errors, DieboldMariano test, boolean hasUnit) {
    return new Score.Baseline(
        errors.errors(hasUnit),
        errors.scaledSquared() > 0
            ? 1 - model.scaledSquared() / errors.scaledSquared()
            : Double.NaN,
        errors.count() > 0 ? test.t() : Double.NaN);
  }
}
