package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.flinklstm.formula.Formula;
import io.flinklstm.math.KernelType;
import io.flinklstm.testing.TestModels;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** An observation allocates its prediction and nothing else. */
class ForecasterAllocationTest {

  private static final int OBSERVATIONS = 10_000;

  /** The JIT compiler may have to wait for a processor before it compiles the vector steps. */
  private static final int MOST_WARM_UPS = 50;

  /** The JIT compiler may move or remove allocations in a single round, but not in every one. */
  private static final int ROUNDS = 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final SourceRecord RECORD =
      new SourceRecord(new SourcePosition("ticks", 0, 1), 0, null, new byte[0], List.of());

  /** Receives the outcomes, so that none can be optimised away. */
  private final Object[] sink = new Object[OBSERVATIONS];

  @Test
  void aDirectForecastAllocatesItsPredictionOnly() {
    for (Transform transform : Transform.values()) {
      Feature feature = TestModels.feature("f", "a", transform, 0, 1);
      predictionsOnly(TestModels.direct(TestModels.card(3, List.of(feature))));
    }
  }

  @Test
  void aRolledOutForecastAllocatesItsPredictionOnly() {
    Feature feature = new Feature("f", Formula.parse("a"), Transform.LOG_RETURN, 0, 1, 3);
    predictionsOnly(TestModels.rolledOut(TestModels.card(5, List.of(feature))));
  }

  @Test
  void featuresOfEveryKindAllocateNothing() {
    predictionsOnly(
        TestModels.direct(
            TestModels.card(
                1,
                List.of(
                    TestModels.feature("a", "mean(f, g)", Transform.LOG_RETURN, 0, 1),
                    TestModels.feature("b", "difference(f, g)", Transform.IDENTITY, 0, 1),
                    TestModels.feature("c", "ratio(f, g)", Transform.DIFFERENCE, 0, 1),
                    TestModels.feature("d", "imbalance(f, g)", Transform.IDENTITY, 0, 1),
                    TestModels.feature("e", "elapsed()", Transform.LOG1P, 0, 1)))));
  }

  /**
   * Until they are compiled, vectors are objects: several kB per step. One warm-up is enough if the
   * compiler has a processor to itself; here it may have to wait for one.
   */
  @Test
  void vectorStepsAllocateNothingOnceWarmedUp() {
    for (int hiddenSize : new int[] {17, 64}) {
      ModelCard card = TestModels.card(1, TestModels.identityFeatures(8));
      Forecaster forecaster =
          new Forecaster(TestModels.model(card, hiddenSize, 1, 1), KernelType.VECTOR.create());
      StreamState state = forecaster.newState();
      Observation[] observations = observations(8, 0);
      long prediction = 128; // bytes, rounded up
      long allocated = Long.MAX_VALUE;
      for (int k = 0; k < MOST_WARM_UPS && allocated >= prediction * OBSERVATIONS; k++) {
        forecaster.warmUp();
        allocated = least(n -> forecaster.advance(observations[n], state));
      }
      assertThat(allocated).as("%d hidden", hiddenSize).isLessThan(prediction * OBSERVATIONS);
    }
  }

  @Test
  void lateObservationsAllocateNothing() {
    ForecastModel model = TestModels.direct(TestModels.card(1, TestModels.identityFeatures(2)));
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    forecaster.advance(Observation.of("k", Long.MAX_VALUE, 1, 2), state);
    Observation[] observations = observations(2, 1);
    assertThat(least(k -> forecaster.advance(observations[k], state))).isZero();
    assertThat(sink).containsOnly(Outcome.Late.LATE);
  }

  @Test
  void duplicatesAllocateNothing() {
    ForecastModel model = TestModels.direct(TestModels.card(1, TestModels.identityFeatures(2)));
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    forecaster.advance(new Observation("k", 0, new double[2], Long.MAX_VALUE, null), state);
    Observation[] observations = observations(2, 1);
    assertThat(least(k -> forecaster.advance(observations[k], state))).isZero();
    assertThat(sink).containsOnly(Outcome.Duplicate.DUPLICATE);
  }

  private void predictionsOnly(ForecastModel model) {
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    int horizon = model.card().horizon();
    ModelId id = forecaster.modelId();
    StreamState state = forecaster.newState();
    // All have the same time and no sequence: legal, and every round can reuse them.
    Observation[] observations = observations(model.card().fields().size(), 0);
    long expected =
        least(
            k ->
                new Prediction(
                    observations[k].key(), 0, id, null, 0, k, 0, new double[horizon], null, k));
    assertThat(expected).as("bytes of the predictions alone").isGreaterThan(64L * OBSERVATIONS);
    long allocated = least(k -> forecaster.advance(observations[k], state));
    assertThat(sink).hasOnlyElementsOfType(Prediction.class);
    assertThat(allocated).as("bytes of %d observations", OBSERVATIONS).isEqualTo(expected);
  }

  /** The least that any round allocates; a round's own frame may be compiled halfway through. */
  private long least(IntFunction<Object> work) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int k = 0; k < OBSERVATIONS; k++) {
        sink[k] = work.apply(k);
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  private static Observation[] observations(int fields, long step) {
    Observation[] observations = new Observation[OBSERVATIONS];
    for (int k = 0; k < OBSERVATIONS; k++) {
      double[] values = new double[fields];
      for (int j = 0; j < fields; j++) {
        values[j] = 1 + (k * 31 + j * 17) % 101 / 100.0;
      }
      long sequence = step == 0 ? Observation.NO_SEQUENCE : k;
      observations[k] = new Observation("k", step * k, values, sequence, RECORD);
    }
    return observations;
  }
}
