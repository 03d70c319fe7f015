package io.flinklstm.train;

import io.flinklstm.train.network.LstmBatch;
import io.flinklstm.train.network.LstmPass;

/**
 * The batches of an epoch, one after the other, in memory that every one of them uses again. Which
 * they are depends on the data, the sizes, the seed and the epoch alone. Not thread-safe.
 */
interface Batches {

  /** Batches of an epoch, at least 1. */
  int perEpoch();

  /**
   * Goes to before the first batch of an epoch.
   *
   * @param epoch from 0
   */
  void begin(int epoch);

  /** Goes to the next batch; false if there is none. */
  boolean next();

  /** The batch: valid until the next one. */
  LstmBatch batch();

  /** Of the sizes of the pass's y, NaN where nothing is known: valid until the next batch. */
  float[] target();

  /** Memory for a pass over the batch. */
  LstmPass pass();
}
