package io.flinklstm.train;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.HeadSteps;
import io.flinklstm.train.network.LstmBatch;
import io.flinklstm.train.network.LstmPass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks streams in order, chunk by chunk, carrying the state from one chunk to the next, with a
 * loss at every step; for models with context carry. The gradient stops where a chunk begins.
 *
 * <p>The training rows of all streams, cut where states are reset, are laid out on as many lanes as
 * the batch has sequences. Where a lane is full, the stream is cut and its rest begins with an
 * empty state on the next lane; otherwise states begin where the forecaster's do. The rest of a
 * chunk after the end of a piece is padding that does not count.
 */
final class CarriedBatches implements Batches {

  private final Dataset dataset;
  private final Targets targets;
  private final LstmConfig config;
  private final int chunk;
  private final List<List<Chunk>> lanes;
  private final LstmBatch batch;
  private final float[] target; // (lanes, chunk, outputSize)
  private final LstmPass pass;
  private int next; // chunk of every lane

  /**
   * Consecutive observations.
   *
   * @param first index in the stream
   * @param count at most the length of a chunk
   * @param isBegin whether the state is empty before the first one
   */
  private record Chunk(EncodedSeries series, int first, int count, boolean isBegin) {}

  /**
   * @throws IllegalArgumentException if no stream has two consecutive training rows
   */
  CarriedBatches(Dataset dataset, LstmConfig config, TrainingOptions options) {
    this.dataset = dataset;
    this.targets = new Targets(dataset, options.targetClip());
    this.config = config;
    this.chunk = Math.min(options.batching().chunk(), longestPiece());
    this.lanes = lanes(options.batching().streams());
    int count = lanes.size();
    this.pass = new LstmPass(config, count, chunk, HeadSteps.ALL, false);
    this.target = new float[pass.y().length];
    // The state after a chunk is the state before the next, in place.
    this.batch =
        new LstmBatch(
            count,
            chunk,
            new float[Math.multiplyExact(Math.multiplyExact(count, chunk), config.inputSize())],
            pass.finalState());
  }

  /** Receives the observations of a state, from its first to its last but one. */
  private interface Piece {
    void accept(EncodedSeries series, int first, int end);
  }

  /** The training rows, cut where states are reset. */
  private void pieces(Piece piece) {
    for (EncodedSeries series : dataset.series()) {
      int end = series.indexOfRow(dataset.end(Split.Part.TRAIN, series));
      int first = 0;
      for (int k = 1; k <= end; k++) {
        if (k == end || series.steps(k) == 1) {
          // Nothing can be forecast from the last observation of a state.
          piece.accept(series, first, k - 1);
          first = k;
        }
      }
    }
  }

  private int longestPiece() {
    int[] longest = {1};
    pieces((series, first, end) -> longest[0] = Math.max(longest[0], end - first));
    return longest[0];
  }

  private List<List<Chunk>> lanes(int wanted) {
    List<Chunk> chunks = new ArrayList<>();
    pieces((series, first, end) -> add(chunks, series, first, end));
    if (chunks.isEmpty()) {
      throw new IllegalArgumentException(
          "training rows: expected a stream with two consecutive ones, got none");
    }
    int length = (chunks.size() + wanted - 1) / wanted;
    List<List<Chunk>> laidOut = new ArrayList<>();
    for (int begin = 0; begin < chunks.size(); begin += length) {
      laidOut.add(chunks.subList(begin, Math.min(chunks.size(), begin + length)));
    }
    return laidOut;
  }

  private void add(List<Chunk> chunks, EncodedSeries series, int first, int end) {
    for (int begin = first; begin < end; begin += chunk) {
      chunks.add(new Chunk(series, begin, Math.min(chunk, end - begin), begin == first));
    }
  }

  @Override
  public int perEpoch() {
    return lanes.get(0).size();
  }

  @Override
  public void begin(int epoch) {
    next = 0;
  }

  @Override
  public boolean next() {
    if (next == perEpoch()) {
      return false;
    }
    Arrays.fill(batch.x(), 0f);
    Arrays.fill(target, Float.NaN);
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (next < lanes.get(lane).size()) {
        Chunk part = lanes.get(lane).get(next);
        if (next == 0 || part.isBegin()) {
          clearState(lane);
        }
        load(part, lane);
      }
    }
    next++;
    return true;
  }

  private void clearState(int lane) {
    int from = lane * config.hiddenSize();
    int to = from + config.hiddenSize();
    for (int l = 0; l < config.numLayers(); l++) {
      Arrays.fill(batch.initial().h()[l], from, to, 0f);
      Arrays.fill(batch.initial().c()[l], from, to, 0f);
    }
  }

  private void load(Chunk part, int lane) {
    int inputSize = config.inputSize();
    int outputSize = config.outputSize();
    for (int t = 0; t < part.count(); t++) {
      int step = lane * chunk + t;
      for (int k = 0; k < inputSize; k++) {
        batch.x()[step * inputSize + k] =
            (float) part.series().scaled()[(part.first() + t) * inputSize + k];
      }
      targets.write(part.series(), part.first() + t, null, target, step * outputSize);
    }
  }

  @Override
  public LstmBatch batch() {
    return batch;
  }

  @Override
  public float[] target() {
    return target;
  }

  @Override
  public LstmPass pass() {
    return pass;
  }
}
