package io.flinklstm.train;

import io.flinklstm.train.network.LstmBatch;
import io.flinklstm.train.network.LstmPass;

/**
 * The batches of an epoch, one after the other, in buffers that all of them reuse. They depend only
 * on the data, the sizes, the seed and the epoch. Not thread-safe.
 */
interface Batches {

  /** The number of batches per epoch, at least 1. */
  int perEpoch();

  /**
   * Moves to before the first batch of an epoch.
   *
   * @param epoch from 0
   */
  void begin(int epoch);

  /** Moves to the next batch; false if there is none. */
  boolean next();

  /** The current batch; valid until the next one. */
  LstmBatch batch();

  /** The targets, of the size of the pass's y, NaN where unknown; valid until the next batch. */
  float[] target();

  /** Buffers for a pass over the batch. */
  LstmPass pass();
}
