package io.flinklstm.train;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.Gradients;
import io.flinklstm.train.network.LearningRate;
import io.flinklstm.train.network.LstmParameters;
import io.flinklstm.train.network.LstmPass;
import io.flinklstm.train.network.TrainableLstm;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model on the training part of a dataset and keeps the parameters that do best on the
 * validation part. The same data, options and seed give the same bits on every machine, with any
 * number of threads and however often it is interrupted between epochs. Used by one thread.
 */
public final class Trainer {

  /** Watches the training. */
  public interface Listener {

    /**
     * After a batch.
     *
     * @param epoch from 1
     * @param batch from 1
     * @param batches per epoch
     * @param loss the mean over the epoch's batches so far
     * @return false to stop here; the epoch is then discarded
     */
    boolean onBatch(int epoch, int batch, int batches, double loss);

    /** After an epoch: the time to save the state. */
    void onEpoch(TrainingState state);
  }

  private final Dataset dataset;
  private final TrainingOptions options;
  private final @Nullable ExecutorService executor;
  private final LstmConfig config;
  private final Batches batches;
  private final @Nullable Validation validation; // null: no validation part

  /**
   * @param executor shares the work of a batch among its threads; null: the caller's thread does it
   * @throws IllegalArgumentException if there is too little to train on
   */
  public Trainer(Dataset dataset, TrainingOptions options, @Nullable ExecutorService executor) {
    this.dataset = dataset;
    this.options = options;
    this.executor = executor;
    ModelCard card = dataset.card();
    this.config =
        new LstmConfig(
            card.features().size(),
            options.network().hiddenSize(),
            options.network().numLayers(),
            card.horizon());
    this.batches =
        card.context() == ModelCard.Context.WINDOW
            ? new WindowBatches(dataset, config, options)
            : new CarriedBatches(dataset, config, options);
    this.validation =
        dataset.origins(Split.Part.VALIDATION) == 0
            ? null
            : new Validation(dataset, options.loss());
  }

  /** The state at the beginning of training. */
  public TrainingState begin() {
    return TrainingState.begin(config, options);
  }

  /** The number of batches per epoch. */
  public int batchesPerEpoch() {
    return batches.perEpoch();
  }

  /** The number of learned parameters. */
  public long parameterCount() {
    return LstmParameters.zeros(config).arrays().stream().mapToLong(array -> array.length).sum();
  }

  /** Whether training is over: all epochs are done, or patience has run out. */
  public boolean isFinished(TrainingState state) {
    int done = state.epochs().size();
    return done >= options.stopping().epochs()
        || validation != null && done - state.bestEpoch() >= options.stopping().patience();
  }

  /**
   * Trains until {@link #isFinished} or the listener stops it.
   *
   * @param state from {@link #begin}, or from an earlier run with the same data and options.
   *     Modified
   * @throws IllegalArgumentException if the loss of a batch or the parameters after an epoch are
   *     not finite; the state's best parameters are those of earlier epochs
   */
  public void run(TrainingState state, Listener listener) {
    TrainableLstm lstm = new TrainableLstm(state.parameters(), executor);
    LearningRate rate =
        options
            .optimizer()
            .decay()
            .rate(
                options.optimizer().learningRate(),
                (long) options.stopping().epochs() * batches.perEpoch());
    while (!isFinished(state)) {
      double loss = epoch(lstm, state, rate, listener);
      if (Double.isNaN(loss)) {
        return;
      }
      double norm = Gradients.norm(state.average());
      if (!Double.isFinite(norm)) {
        throw diverged("norm of the parameters", state.epochs().size(), norm);
      }
      state.finish(new TrainingState.Epoch(loss, validate(state.average())));
      listener.onEpoch(state);
    }
  }

  /** The mean loss over the epoch's batches, NaN if the listener stopped it. */
  private double epoch(
      TrainableLstm lstm, TrainingState state, LearningRate rate, Listener listener) {
    int epoch = state.epochs().size();
    double sum = 0;
    long count = 0;
    int batch = 0;
    batches.begin(epoch);
    while (batches.next()) {
      LstmPass pass = batches.pass();
      double loss = lstm.backward(batches.batch(), batches.target(), options.loss(), pass);
      if (!Double.isFinite(loss)) {
        throw diverged("loss", epoch, loss);
      }
      Gradients.clip(pass.gradient(), options.optimizer().maxNorm());
      state.adam().step(pass.gradient(), rate.at(state.adam().steps()));
      state.follow(options.optimizer().averagingDecay(batches.perEpoch()));
      int known = TrainableLstm.known(batches.target());
      sum += loss * known;
      count += known;
      if (!listener.onBatch(epoch + 1, ++batch, batches.perEpoch(), sum / Math.max(1, count))) {
        return Double.NaN;
      }
    }
    return sum / Math.max(1, count);
  }

  private static IllegalArgumentException diverged(String what, int epoch, double got) {
    return new IllegalArgumentException(
        what
            + " in epoch "
            + (epoch + 1)
            + ": expected a finite number, got "
            + got
            + "; a lower learning_rate or max_norm may help");
  }

  private double validate(LstmParameters parameters) {
    return validation == null
        ? Double.NaN
        : validation.error(model(parameters), KernelType.AUTO.create());
  }

  /** The model with these parameters and the dataset's card. */
  public ForecastModel model(LstmParameters parameters) {
    return new ForecastModel(parameters.toWeights(), dataset.card());
  }
}
