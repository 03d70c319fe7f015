package io.flinklstm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.ModelCard.Context;
import io.flinklstm.forecast.Transform;
import io.flinklstm.math.KernelType;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.Histories;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.Adam;
import io.flinklstm.train.network.Loss;
import io.flinklstm.train.network.LstmParameters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DivergenceTest {

  private static final class Epochs implements Trainer.Listener {

    private final List<Integer> done = new ArrayList<>();

    @Override
    public boolean onBatch(int epoch, int batch, int batches, double loss) {
      return true;
    }

    @Override
    public void onEpoch(TrainingState state) {
      done.add(state.epochs().size());
    }
  }

  private static Dataset dataset(Transform transform) {
    return Histories.dataset(
        Histories.prices(-0.5, 3, 600, 1), Histories.card(Context.CARRY, transform, 10, 1));
  }

  @Test
  void saysWhenTheParametersAreNoLongerFiniteAndKeepsWhatWasBefore() {
    Dataset dataset = dataset(Transform.LOG_RETURN);
    Dataset withoutValidation =
        new Dataset(dataset.card(), new Split(0.8, 0, 0.2), dataset.series());
    Trainer first = new Trainer(withoutValidation, Histories.options(1, 1), null);
    TrainingState state = first.begin();
    first.run(state, new Epochs());
    LstmParameters best = state.best().copy();
    state.adam().meanSquare().headBias()[0] = Float.NaN;

    Trainer trainer = new Trainer(withoutValidation, Histories.options(4, 1), null);
    Epochs listener = new Epochs();
    assertThatThrownBy(() -> trainer.run(state, listener))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in epoch 2: expected a finite number, got NaN; a lower");
    assertThat(listener.done).isEmpty();
    assertThat(state.bestEpoch()).isEqualTo(1);
    for (int a = 0; a < best.arrays().size(); a++) {
      assertThat(state.best().arrays().get(a)).isEqualTo(best.arrays().get(a));
    }
  }

  @Test
  void saysWhenTheLastBatchOfAnEpochMadeTheParametersInfinite() {
    Dataset dataset = dataset(Transform.LOG_RETURN);
    TrainingOptions options = Histories.options(4, 1);
    TrainingOptions wild =
        new TrainingOptions(
            options.network(),
            options.loss(),
            options.targetClip(),
            new TrainingOptions.Optimizer(
                Adam.Settings.DEFAULT, 1e38, TrainingOptions.Decay.CONSTANT, 1, 0),
            new TrainingOptions.Batching(1, 1, 10_000),
            options.stopping(),
            1);
    Trainer trainer = new Trainer(dataset, wild, null);
    TrainingState state = trainer.begin();
    assertThatThrownBy(() -> trainer.run(state, new Epochs()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in epoch 1: expected a finite number")
        .hasMessageContaining("a lower learning_rate");
  }

  @Test
  void aForecastThatTheTransformCannotFollowIsInfinitelyBad() {
    Dataset dataset = dataset(Transform.LOG1P);
    Trainer trainer = new Trainer(dataset, Histories.options(1, 1), null);
    LstmParameters parameters = trainer.begin().parameters();
    parameters.headBias()[0] = -1e9f; // expm1 turns it into -1, whose log1p is infinite
    assertThat(
            new Validation(dataset, Loss.squared())
                .error(trainer.model(parameters), KernelType.AUTO.create()))
        .isEqualTo(Double.POSITIVE_INFINITY);
  }
}
