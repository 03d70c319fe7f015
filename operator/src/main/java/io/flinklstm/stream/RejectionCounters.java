package io.flinklstm.stream;

import io.flinklstm.forecast.RejectionCode;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts dead letters by code, metric {@code lstm.code.CODE.deadLetters}. */
public final class RejectionCounters {

  private final Map<RejectionCode, Counter> counters = new EnumMap<>(RejectionCode.class);

  /**
   * @param lstm the group {@code lstm} of a task
   */
  public RejectionCounters(MetricGroup lstm) {
    for (RejectionCode code : RejectionCode.values()) {
      counters.put(code, lstm.addGroup("code", code.name()).counter("deadLetters"));
    }
  }

  public void count(RejectionCode code) {
    counters.get(code).inc();
  }
}
