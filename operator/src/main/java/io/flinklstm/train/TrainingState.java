package io.flinklstm.train;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.train.network.Adam;
import io.flinklstm.train.network.LstmParameters;
import java.util.ArrayList;
import java.util.List;

/**
 * The progress of a training: everything needed to continue after an epoch with the same bits.
 * Changed by {@link Trainer#run}. Not thread-safe.
 */
public final class TrainingState {

  /**
   * The result of an epoch.
   *
   * @param loss the mean loss over the epoch's batches
   * @param validation the error on the validation part after it, NaN if there is none
   */
  public record Epoch(double loss, double validation) {}

  private final LstmParameters parameters;
  private final Adam adam;
  private final LstmParameters average;
  private final LstmParameters best;
  private final List<Epoch> epochs = new ArrayList<>();

  private TrainingState(
      LstmParameters parameters, Adam adam, LstmParameters average, LstmParameters best) {
    this.parameters = parameters;
    this.adam = adam;
    this.average = average;
    this.best = best;
  }

  /** The state at the beginning of training. */
  public static TrainingState begin(LstmConfig config, TrainingOptions options) {
    LstmParameters parameters = LstmParameters.random(config, options.seed());
    return new TrainingState(
        parameters,
        new Adam(parameters, options.optimizer().adam()),
        parameters.copy(),
        parameters.copy());
  }

  /** The parameters as training left them: live. */
  public LstmParameters parameters() {
    return parameters;
  }

  /** The optimiser: live. */
  public Adam adam() {
    return adam;
  }

  /** The running average of the parameters, which is the model: live. */
  public LstmParameters average() {
    return average;
  }

  /** The average after the epoch with the lowest validation error: live. */
  public LstmParameters best() {
    return best;
  }

  /** The finished epochs: live. */
  public List<Epoch> epochs() {
    return epochs;
  }

  /** The number of the best epoch, from 1; 0 before the first one has ended. */
  public int bestEpoch() {
    int bestEpoch = 0;
    for (int k = 1; k <= epochs.size(); k++) {
      // Without a validation part, the last one is the best.
      if (bestEpoch == 0 || !(epochs.get(k - 1).validation() >= validation(bestEpoch))) {
        bestEpoch = k;
      }
    }
    return bestEpoch;
  }

  private double validation(int epoch) {
    return epochs.get(epoch - 1).validation();
  }

  /** The validation error of the best epoch; NaN if there is none. */
  public double bestValidation() {
    return epochs.isEmpty() ? Double.NaN : validation(bestEpoch());
  }

  void finish(Epoch epoch) {
    epochs.add(epoch);
    if (bestEpoch() == epochs.size()) {
      best.copyFrom(average);
    }
  }

  /**
   * Lets the average follow the parameters, at first as their mean.
   *
   * @param decay the share of the average that is kept, within [0, 1)
   */
  void follow(double decay) {
    long steps = adam.steps();
    average.follow(parameters, (float) (1 - Math.min(decay, (steps - 1.0) / steps)));
  }
}
