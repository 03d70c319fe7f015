package io.flinklstm.forecast;

import io.flinklstm.math.LstmKernel;

/**
 * The running hash of a stream's history: of every observation applied since the state was new, in
 * order, and of everything else that forecasts depend on. Equal hashes mean equal forecasts, except
 * for a chance of 2^-64.
 *
 * <p>Each observation folds in the settings (model, policy, and whether the kernel meets the
 * contract of {@link LstmKernel}), its event time and the bits of its raw values, so that a change
 * of any of them changes all later hashes. A reset needs no mark of its own: whether an observation
 * resets the state follows from times, settings and models, all of which are in the hash. A new
 * state begins with the hash of its key, and so does one that expired, because a state that expired
 * may have been dropped before. Late, duplicate and rejected observations do not enter.
 *
 * <p>A word is folded in by the round of MurmurHash3_x64_128 with one lane, and each observation
 * ends with its finalizer, fmix64 [1]. Both are bijections for a given word, so two histories that
 * differ in one word differ in every hash that follows. Allocates nothing. It is no protection
 * against values chosen to collide.
 *
 * <p>[1] Austin Appleby, MurmurHash3.cpp, public domain, https://github.com/aappleby/smhasher
 */
final class HistoryHash {

  /** Not 0, which is the history of states stored before there was one. */
  private static final long BEGINNING = 0x9e3779b97f4a7c15L;

  private final long settings;

  HistoryHash(ModelId model, StreamPolicy policy, LstmKernel kernel) {
    long hash = fold(0, model.hash());
    hash = fold(hash, policy.gapMs());
    hash = fold(hash, policy.gapPolicy() == ModelCard.GapPolicy.RESET ? 1 : 0);
    hash = fold(hash, policy.ttlMs());
    this.settings = finish(fold(hash, kernel.isBitExact() ? 1 : 0));
  }

  /** The hash after a step, which the state does not contain yet. */
  long after(ForecastStep step) {
    Observation observation = step.observation;
    boolean begins = step.reset == Prediction.Reset.NEW || step.reset == Prediction.Reset.EXPIRED;
    long history = begins ? fold(BEGINNING, observation.key().hashCode()) : step.state.history();
    long hash = fold(history ^ settings, observation.eventTime());
    for (double value : observation.values()) {
      hash = fold(hash, Double.doubleToRawLongBits(value));
    }
    return finish(hash);
  }

  private static long fold(long hash, long word) {
    long mixed = Long.rotateLeft(word * 0x87c37b91114253d5L, 31) * 0x4cf5ad432745937fL;
    return Long.rotateLeft(hash ^ mixed, 27) * 5 + 0x52dce729;
  }

  private static long finish(long hash) {
    long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
