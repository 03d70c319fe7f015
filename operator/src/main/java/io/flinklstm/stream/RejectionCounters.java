package io.flinklstm.stream;

import io.flinklstm.forecast.RejectionCode;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts dead letters by code, as metric {@code lstm.code.CODE.deadLetters}. */
public final class RejectionCounters {

  private final Counter[] counters = new Counter[RejectionCode.values().length]; // by code

  /**
   * @param lstm the group {@code lstm} of a task
   */
  public RejectionCounters(MetricGroup lstm) {
    for (RejectionCode code : RejectionCode.values()) {
      counters[code.ordinal()] = lstm.addGroup("code", code.name()).counter("deadLetters");
    }
  }

  public void count(RejectionCode code) {
    counters[code.ordinal()].inc();
  }
}
