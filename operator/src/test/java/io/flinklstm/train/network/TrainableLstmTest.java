package io.flinklstm.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.testing.Bits;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainableLstmTest {

  static Stream<Trial> randomTrials() {
    Random random = new Random(3);
    return IntStream.range(0, 24)
        .mapToObj(
            k ->
                Trial.random(
                    new LstmConfig(
                        1 + random.nextInt(5),
                        1 + random.nextInt(40),
                        1 + k % 3,
                        1 + random.nextInt(3)),
                    k % 4 == 0 ? 1 : k % 4 == 1 ? 33 : 1 + random.nextInt(70),
                    1 + random.nextInt(12),
                    k % 2 == 0 ? HeadSteps.ALL : HeadSteps.LAST,
                    k));
  }

  @ParameterizedTest
  @MethodSource("randomTrials")
  void agreesWithTheReferenceOnRandomModels(Trial trial) {
    ReferenceLstm expected = trial.reference();
    LstmPass pass = trial.newPass();

    double loss =
        new TrainableLstm(trial.parameters())
            .backward(trial.batch(), trial.target(), Loss.squared(), pass);

    assertThat(loss).isCloseTo(expected.loss, within(1e-6));
    agrees("y", pass.y(), expected.y);
    for (int a = 0; a < expected.gradient.length; a++) {
      agrees("gradient " + a, pass.gradient().arrays().get(a), expected.gradient[a]);
    }
    agrees("dx", pass.inputGradient(), expected.dx);
    for (int l = 0; l < trial.config().numLayers(); l++) {
      agrees("dh0 " + l, pass.initialGradient().h()[l], expected.dh0[l]);
      agrees("dc0 " + l, pass.initialGradient().c()[l], expected.dc0[l]);
    }
  }

  private static void agrees(String name, float[] actual, double[] expected) {
    assertThat(Errors.relative(actual, expected)).as(name).isLessThan(3e-6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void givesTheSameBitsWhateverTheNumberOfThreads(int threads) {
    Trial trial = Trial.random(new LstmConfig(3, 16, 2, 2), 150, 9, HeadSteps.ALL, 5);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      assertThat(trained(trial, executor)).isEqualTo(trained(trial, null));
    } finally {
      executor.shutdownNow();
    }
  }

  /** The bits of everything after three steps of an optimiser. */
  private static List<String> trained(Trial trial, ExecutorService executor) {
    LstmParameters parameters = LstmParameters.of(trial.parameters().toWeights());
    TrainableLstm lstm = new TrainableLstm(parameters, executor);
    Adam adam = new Adam(parameters, Adam.Settings.DEFAULT);
    LstmPass pass = trial.newPass();
    double loss = 0;
    for (int k = 0; k < 3; k++) {
      loss = lstm.backward(trial.batch(), trial.target(), Loss.huber(0.5), pass);
      adam.step(pass.gradient(), 1e-2);
    }
    return Stream.of(
            Stream.of(Arrays.toString(Bits.of(loss))),
            bits(parameters.arrays()),
            bits(pass.gradient().arrays()),
            bits(List.of(pass.y(), pass.inputGradient())),
            bits(List.of(pass.finalState().h())),
            bits(List.of(pass.finalState().c())),
            bits(List.of(pass.initialGradient().h())),
            bits(List.of(pass.initialGradient().c())))
        .flatMap(part -> part)
        .toList();
  }

  private static Stream<String> bits(List<float[]> arrays) {
    return arrays.stream().map(array -> Arrays.toString(Bits.of(array)));
  }

  @Test
  void givesTheOutputsAndStatesThatAreServedToTheBit() {
    for (int hiddenSize : new int[] {1, 7, 16, 33, 64}) {
      Trial trial = Trial.random(new LstmConfig(3, hiddenSize, 2, 2), 35, 8, HeadSteps.ALL, 9);
      LstmPass pass = trial.newPass();
      new TrainableLstm(trial.parameters()).forward(trial.batch(), pass);
      LstmModel model = new LstmModel(trial.parameters().toWeights(), KernelType.AUTO.create());

      for (int b = 0; b < 35; b++) {
        LstmState state = row(trial.batch().initial(), b, trial.config());
        float[] y = new float[2];
        for (int t = 0; t < 8; t++) {
          int at = b * 8 + t;
          model.step(Arrays.copyOfRange(trial.batch().x(), 3 * at, 3 * at + 3), state, state);
          model.head(state, y);
          assertThat(Bits.of(y))
              .isEqualTo(Bits.of(Arrays.copyOfRange(pass.y(), 2 * at, 2 * at + 2)));
        }
        assertThat(Bits.of(state)).isEqualTo(Bits.of(row(pass.finalState(), b, trial.config())));
      }
    }
  }

  private static LstmState row(BatchState batch, int b, LstmConfig config) {
    int n = config.hiddenSize();
    LstmState state = new LstmState(config.numLayers(), n);
    for (int l = 0; l < config.numLayers(); l++) {
      System.arraycopy(batch.h()[l], b * n, state.h(l), 0, n);
      System.arraycopy(batch.c()[l], b * n, state.c(l), 0, n);
    }
    return state;
  }

  @Test
  void carriesTheStateFromOneChunkIntoTheNext() {
    Trial trial = Trial.random(new LstmConfig(2, 20, 2, 1), 40, 30, HeadSteps.ALL, 11);
    TrainableLstm lstm = new TrainableLstm(trial.parameters());
    LstmPass whole = trial.newPass();
    lstm.forward(trial.batch(), whole);

    LstmPass first = new LstmPass(trial.config(), 40, 15, HeadSteps.ALL, false);
    LstmPass second = new LstmPass(trial.config(), 40, 15, HeadSteps.ALL, false);
    lstm.forward(new LstmBatch(40, 15, half(trial.batch().x(), 0), trial.batch().initial()), first);
    lstm.forward(new LstmBatch(40, 15, half(trial.batch().x(), 1), first.finalState()), second);

    assertThat(Bits.of(first.y())).isEqualTo(Bits.of(half(whole.y(), 0)));
    assertThat(Bits.of(second.y())).isEqualTo(Bits.of(half(whole.y(), 1)));
    for (int l = 0; l < 2; l++) {
      assertThat(Bits.of(second.finalState().h()[l])).isEqualTo(Bits.of(whole.finalState().h()[l]));
      assertThat(Bits.of(second.finalState().c()[l])).isEqualTo(Bits.of(whole.finalState().c()[l]));
    }
  }

  /** The first or the second half of every one of the 40 sequences. */
  private static float[] half(float[] sequences, int which) {
    int n = sequences.length / 40 / 2;
    float[] half = new float[40 * n];
    for (int b = 0; b < 40; b++) {
      System.arraycopy(sequences, (2 * b + which) * n, half, b * n, n);
    }
    return half;
  }

  @Test
  void mayOverwriteTheStateThatItBeganWith() {
    Trial trial = Trial.random(new LstmConfig(2, 8, 1, 1), 33, 6, HeadSteps.LAST, 12);
    TrainableLstm lstm = new TrainableLstm(trial.parameters());
    LstmPass apart = trial.newPass();
    lstm.forward(trial.batch(), apart);
    lstm.forward(new LstmBatch(33, 6, trial.batch().x(), apart.finalState()), apart);

    LstmPass other = trial.newPass();
    lstm.forward(trial.batch(), other);
    LstmPass next = trial.newPass();
    lstm.forward(new LstmBatch(33, 6, trial.batch().x(), other.finalState()), next);

    assertThat(Bits.of(apart.y())).isEqualTo(Bits.of(next.y()));
    assertThat(Bits.of(apart.finalState().c()[0])).isEqualTo(Bits.of(next.finalState().c()[0]));
  }

  @Test
  void refusesArraysOfOtherSizes() {
    Trial trial = Trial.random(new LstmConfig(2, 4, 1, 1), 3, 5, HeadSteps.LAST, 13);
    TrainableLstm lstm = new TrainableLstm(trial.parameters());
    LstmPass pass = trial.newPass();
    LstmBatch batch = trial.batch();

    assertThatThrownBy(() -> lstm.backward(batch, new float[2], Loss.squared(), pass))
        .hasMessage("target of a batch: expected 3 numbers, got 2");
    assertThatThrownBy(
            () -> lstm.forward(new LstmBatch(3, 5, new float[29], batch.initial()), pass))
        .hasMessage("x of a batch: expected 30 numbers, got 29");
    assertThatThrownBy(() -> lstm.forward(new LstmBatch(3, 4, batch.x(), batch.initial()), pass))
        .hasMessage("pass over a batch: expected memory for 3 sequences of 4 steps, got 3 of 5");
    BatchState twoLayers = BatchState.zeros(new LstmConfig(2, 4, 2, 1), 3);
    assertThatThrownBy(() -> lstm.forward(new LstmBatch(3, 5, batch.x(), twoLayers), pass))
        .hasMessage("initial h of a batch: expected 1 layers, got 2");
    LstmPass wider = new LstmPass(new LstmConfig(2, 5, 1, 1), 3, 5, HeadSteps.LAST, false);
    assertThatThrownBy(() -> lstm.forward(batch, wider))
        .hasMessageStartingWith("pass over a batch: expected memory for LstmConfig[inputSize=2");
  }
}
