package io.flinklstm.train;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.train.network.Adam;
import io.flinklstm.train.network.LearningRate;
import io.flinklstm.train.network.Loss;

/**
 * How a model is trained.
 *
 * @param network the size of the model
 * @param loss what is minimized, on scaled targets
 * @param targetClip bound of the scaled target, in standard deviations, above 0; infinity for none
 * @param optimizer how the parameters follow the gradient
 * @param batching what is trained together
 * @param stopping when training ends
 * @param seed of the initial parameters and of the order of the windows
 */
public record TrainingOptions(
    Network network,
    Loss loss,
    double targetClip,
    Optimizer optimizer,
    Batching batching,
    Stopping stopping,
    long seed) {

  /**
   * Options that suit many kinds of streams.
   *
   * @param context how the model will be served; with carry the learning rate is higher, because an
   *     epoch has fewer batches
   */
  public static TrainingOptions defaults(ModelCard.Context context) {
    double learningRate = context == ModelCard.Context.CARRY ? 5e-3 : 2e-3;
    return new TrainingOptions(
        new Network(64, 1),
        Loss.squared(),
        Double.POSITIVE_INFINITY,
        new Optimizer(Adam.Settings.DEFAULT, learningRate, Decay.COSINE, 1, 3),
        new Batching(64, 32, 60),
        new Stopping(20, 5),
        1);
  }

  /**
   * The size of the model.
   *
   * @param hiddenSize width of h and c, at least 1
   * @param numLayers LSTM layers, at least 1
   */
  public record Network(int hiddenSize, int numLayers) {
    public Network {
      checkCount("hidden_size", hiddenSize);
      checkCount("num_layers", numLayers);
    }
  }

  /**
   * How the parameters follow the gradient.
   *
   * @param adam settings of Adam, or of AdamW if they have a weight decay
   * @param learningRate at the beginning, above 0
   * @param decay how the learning rate falls from the first to the last batch
   * @param maxNorm norm to which a longer gradient is shortened, above 0; infinity for none
   * @param averaging epochs over which the parameters are averaged, with decaying weights; the
   *     average is the model and is less noisy than the parameters; 0 for none
   */
  public record Optimizer(
      Adam.Settings adam, double learningRate, Decay decay, double maxNorm, double averaging) {
    public Optimizer {
      if (!(averaging >= 0 && averaging < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "averaging: expected epochs of 0 or more, got " + averaging);
      }
      checkPositive("learning_rate", learningRate);
      checkPositive("max_norm", maxNorm);
    }

    /** The share of the average that is kept after a batch. */
    double averagingDecay(int batchesPerEpoch) {
      return Math.max(0, 1 - 1 / (averaging * batchesPerEpoch));
    }
  }

  /** How the learning rate falls from the first to the last batch of all epochs. */
  public enum Decay {
    CONSTANT,
    /** Half a cosine, to zero. */
    COSINE,
    /** By the same factor after each batch, to a hundredth. */
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
   * What is trained together.
   *
   * @param batchSize windows of a batch with context window, at least 1
   * @param streams walked side by side with context carry, at least 1: long streams are cut, short
   *     ones are put one after another
   * @param chunk steps per optimiser step with context carry, through which the gradient flows
   *     back; at least 1
   */
  public record Batching(int batchSize, int streams, int chunk) {
    public Batching {
      checkCount("batch_size", batchSize);
      checkCount("streams", streams);
      checkCount("chunk", chunk);
    }
  }

  /**
   * When training ends.
   *
   * @param epochs maximum number of passes over the training rows, at least 1; the learning rate
   *     falls over all of them
   * @param patience epochs without a better validation error after which training ends, at least 1
   */
  public record Stopping(int epochs, int patience) {
    public Stopping {
      checkCount("epochs", epochs);
      checkCount("patience", patience);
    }
  }

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public TrainingOptions {
    checkPositive("target_clip", targetClip);
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
