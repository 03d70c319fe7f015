package io.flinklstm.benchmarks.scale;

import io.flinklstm.forecast.Observation;
import org.apache.flink.api.common.functions.MapFunction;

/** Turns 0, 1, 2, ... into observations: first one of each key, then more. */
final class KeyedObservations implements MapFunction<Long, Observation> {

  private static final long serialVersionUID = 1L;

  private final long keys;
  private final boolean uniform;

  /**
   * @param uniform whether keys come at random after the first visit of each; otherwise in turn
   */
  KeyedObservations(long keys, boolean uniform) {
    this.keys = keys;
    this.uniform = uniform;
  }

  @Override
  public Observation map(Long number) {
    return Observation.of("k" + key(number), number, 1000 + number % 17, number % 5);
  }

  long key(long number) {
    return number < keys || !uniform ? number % keys : Math.floorMod(mix(number), keys);
  }

  /** The finalizer of SplitMix64, which is random enough here. */
  private static long mix(long number) {
    long z = number * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
