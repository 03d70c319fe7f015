package io.flinklstm.train;

import io.flinklstm.forecast.InputWindow;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.BatchState;
import io.flinklstm.train.network.HeadSteps;
import io.flinklstm.train.network.LstmBatch;
import io.flinklstm.train.network.LstmPass;
import java.util.Random;

/**
 * Windows of {@code lookback} steps, each from a zero state, and what follows them, for models with
 * context window: all that lie in the training part, in a new random order in each epoch. {@link
 * InputWindow} encodes a window as it does for the forecaster.
 */
final class WindowBatches implements Batches {

  private final Dataset dataset;
  private final Targets targets;
  private final InputWindow window;
  private final LstmConfig config;
  private final int lookback;
  private final int batchSize;
  private final long seed;
  private final int[] streams; // (samples)
  private final int[] indices; // (samples), of a window's last observation
  private final int[] order; // (samples)
  private final float[] row; // (inputSize), scratch

  private final Memory whole;
  private final Memory rest; // for the last batch
  private int done; // samples of this epoch
  private Memory current; // of the two

  /** A batch with its targets and buffers, reused for every batch of its size. */
  private record Memory(LstmBatch batch, float[] target, LstmPass pass) {

    static Memory of(LstmConfig config, int batch, int steps) {
      return new Memory(
          new LstmBatch(
              batch,
              steps,
              new float[Math.multiplyExact(batch * steps, config.inputSize())],
              BatchState.zeros(config, batch)),
          new float[batch * config.outputSize()],
          new LstmPass(config, batch, steps, HeadSteps.LAST, false));
    }
  }

  /**
   * @throws IllegalArgumentException if no window fits into the training part of any stream
   */
  WindowBatches(Dataset dataset, LstmConfig config, TrainingOptions options) {
    this.dataset = dataset;
    this.targets = new Targets(dataset, options.targetClip());
    this.window = new InputWindow(dataset.card(), null);
    this.config = config;
    this.lookback = dataset.card().lookback();
    this.seed = options.seed();
    this.row = new float[config.inputSize()];
    int[][] samples = samples();
    this.streams = samples[0];
    this.indices = samples[1];
    this.order = new int[streams.length];
    this.batchSize = Math.min(options.batching().batchSize(), streams.length);
    this.whole = Memory.of(config, batchSize, lookback);
    int remainder = streams.length % batchSize;
    this.rest = remainder == 0 ? whole : Memory.of(config, remainder, lookback);
    this.current = whole;
  }

  private int[][] samples() {
    java.util.stream.IntStream.Builder stream = java.util.stream.IntStream.builder();
    java.util.stream.IntStream.Builder index = java.util.stream.IntStream.builder();
    for (int s = 0; s < dataset.series().size(); s++) {
      EncodedSeries series = dataset.series().get(s);
      for (int k = lookback - 1; k < series.size(); k++) {
        if (series.steps(k) >= lookback && dataset.isOrigin(series, k, Split.Part.TRAIN)) {
          load(series, k);
          if (isUsable()) {
            stream.add(s);
            index.add(k);
          }
        }
      }
    }
    int[] streamOf = stream.build().toArray();
    if (streamOf.length == 0) {
      throw new IllegalArgumentException(
          "training rows: expected a stream with more than "
              + (lookback + dataset.card().horizon())
              + " in a row (lookback and horizon), got none");
    }
    return new int[][] {streamOf, index.build().toArray()};
  }

  private void load(EncodedSeries series, int last) {
    window.load(series.scaled(), last - lookback + 1, lookback);
  }

  /** The forecaster refuses a window in which a feature is not finite. */
  private boolean isUsable() {
    for (int k = 0; k < lookback; k++) {
      if (window.input(k, row) >= 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int perEpoch() {
    return (order.length + batchSize - 1) / batchSize;
  }

  @Override
  public void begin(int epoch) {
    Random random = new Random(seed * 1_000_003 + epoch);
    for (int k = 0; k < order.length; k++) {
      int other = random.nextInt(k + 1);
      order[k] = order[other];
      order[other] = k;
    }
    done = 0;
  }

  @Override
  public boolean next() {
    if (done == order.length) {
      return false;
    }
    current = order.length - done < batchSize ? rest : whole;
    for (int b = 0; b < current.batch().batch(); b++) {
      int sample = order[done++];
      EncodedSeries series = dataset.series().get(streams[sample]);
      load(series, indices[sample]);
      for (int t = 0; t < lookback; t++) {
        window.input(t, row);
        System.arraycopy(row, 0, current.batch().x(), (b * lookback + t) * row.length, row.length);
      }
      targets.write(series, indices[sample], window, current.target(), b * config.outputSize());
    }
    return true;
  }

  @Override
  public LstmBatch batch() {
    return current.batch();
  }

  @Override
  public float[] target() {
    return current.target();
  }

  @Override
  public LstmPass pass() {
    return current.pass();
  }
}
