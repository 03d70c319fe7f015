package io.flinklstm.train.network;

/**
 * How wrong an output is, and in which direction. The loss of a batch is the mean over sequences,
 * steps and outputs, as with PyTorch's {@code reduction="mean"}.
 */
public interface Loss {

  /**
   * The loss of one number.
   *
   * @param output which of the outputs, 0 to outputSize - 1
   */
  double value(float y, float target, int output);

  /** The derivative of {@link #value} with respect to y. */
  float slope(float y, float target, int output);

  /** The squared error (y - target)^2, {@code torch.nn.MSELoss}. */
  static Loss squared() {
    return new Squared();
  }

  /**
   * Half the squared error up to delta, and beyond it the line that continues it, {@code
   * torch.nn.HuberLoss}: the pull of an outlier is at most delta.
   *
   * @param delta positive, in units of the target
   */
  static Loss huber(double delta) {
    return new Huber(delta);
  }

  /**
   * The pinball loss, whose mean is smallest when y is the quantile of that level: max(level * e,
   * (level - 1) * e) with e = target - y.
   *
   * @param levels within (0, 1): one for all outputs, or one for each in turn, starting over if
   *     there are more outputs than levels
   */
  static Loss quantile(double... levels) {
    return new Quantile(levels.clone());
  }

  /** The squared error. */
  record Squared() implements Loss {
    @Override
    public double value(float y, float target, int output) {
      double error = (double) y - target;
      return error * error;
    }

    @Override
    public float slope(float y, float target, int output) {
      return 2f * (y - target);
    }
  }

  /** Huber's loss. */
  record Huber(double delta) implements Loss {
    public Huber {
      if (!(delta > 0 && delta < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "delta of the Huber loss: expected a positive number, got " + delta);
      }
    }

    @Override
    public double value(float y, float target, int output) {
      double error = Math.abs((double) y - target);
      return error <= delta ? 0.5 * error * error : delta * (error - 0.5 * delta);
    }

    @Override
    public float slope(float y, float target, int output) {
      // min and max keep NaN, so that a broken model is noticed.
      return (float) Math.max(-delta, Math.min(delta, (double) y - target));
    }
  }

  /** The pinball loss. */
  record Quantile(double... levels) implements Loss {
    public Quantile {
      if (levels.length == 0) {
        throw new IllegalArgumentException(
            "levels of the quantile loss: expected at least one, got none");
      }
      for (double level : levels) {
        if (!(level > 0 && level < 1)) {
          throw new IllegalArgumentException(
              "level of the quantile loss: expected a number between 0 and 1, got " + level);
        }
      }
    }

    @Override
    public double value(float y, float target, int output) {
      double level = levels[output % levels.length];
      double error = (double) target - y;
      return Math.max(level * error, (level - 1) * error);
    }

    @Override
    public float slope(float y, float target, int output) {
      double level = levels[output % levels.length];
      float error = target - y;
      return error > 0 ? (float) -level : error < 0 ? (float) (1 - level) : 0f * error;
    }
  }
}
