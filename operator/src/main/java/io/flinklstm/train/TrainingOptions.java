package io.flinklstm.train;

/**
 * How a model is trained. Those that are not given are {@link #DEFAULT}'s.
 *
 * @param hiddenSize width of h and c
 * @param numLayers LSTM layers
 * @param batchSize windows of a batch with context window, streams walked side by side with context
 *     carry; at least 1
 * @param chunk steps through which the gradient flows back with context carry, at least 1
 * @param loss what is made small, of scaled targets
 * @param targetClip bound of the scaled target, in standard deviations, above 0; infinity for none
 * @param optimizer how the parameters follow the gradient
 * @param epochs passes over the training rows at most, at least 1
 * @param patience epochs without a better validation error after which training ends, at least 1
 * @param seed of the first parameters and of the order of the windows
 */
public record TrainingOptions(
    int hiddenSize,
    int numLayers,
    int batchSize,
    int chunk,
    Loss loss,
    double targetClip,
    Optimizer optimizer,
    int epochs,
    int patience,
    long seed) {

  /**
   * How the parameters follow the gradient.
   *
   * @param adam of Adam, or AdamW if it has a weight decay
   * @param learningRate at the beginning, above 0
   * @param decay how the learning rate falls over the epochs
   * @param maxNorm to which a longer gradient is shortened, above 0; infinity for none
   */
  public record Optimizer(Adam.Settings adam, double learningRate, Decay decay, double maxNorm) {

    public Optimizer {
      checkPositive("learning_rate", learningRate);
      checkPositive("max_norm", maxNorm);
    }
  }

  /** How the learning rate falls from the first to the last batch of all epochs. */
  public enum Decay {
    CONSTANT,
    /** Half a cosine down to zero. */
    COSINE,
    /** To a hundredth, by the same factor after each batch. */
    EXPONENTIAL;

    LearningRate rate(double first, long batches) {
      return switch (this) {
        case CONSTANT -> LearningRate.constant(first);
        case COSINE -> LearningRate.cosine(first, 0, batches);
        case EXPONENTIAL -> LearningRate.exponential(first, StrictMath.pow(0.01, 1.0 / batches));
      };
    }
  }

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public TrainingOptions {
    checkCount("hidden_size", hiddenSize);
    checkCount("num_layers", numLayers);
    checkCount("batch_size", batchSize);
    checkCount("chunk", chunk);
    checkPositive("target_clip", targetClip);
    checkCount("epochs", epochs);
    checkCount("patience", patience);
  }

  private static void checkCount(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected 1 or more, got " + value);
    }
  }

  private static void checkPositive(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + ": expected a number above 0, got " + value);
    }
  }
}
