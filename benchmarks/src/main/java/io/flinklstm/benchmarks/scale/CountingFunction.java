package io.flinklstm.benchmarks.scale;

import io.flinklstm.forecast.Prediction;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.FilterFunction;

/** Counts predictions for its JVM and drops them. */
final class CountingFunction implements FilterFunction<Prediction> {

  private static final long serialVersionUID = 1L;
  private static final AtomicLong COUNT = new AtomicLong();

  private long count;

  static long count() {
    return COUNT.get();
  }

  @Override
  public boolean filter(Prediction prediction) {
    COUNT.lazySet(++count);
    return false;
  }
}
