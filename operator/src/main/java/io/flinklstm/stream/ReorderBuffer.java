package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.TimerService;

/**
 * Each key's observations that wait for the watermark, in keyed state; every method uses the
 * current key. Adding appends to a list, which costs the same however many wait; a timer no later
 * than the earliest of them triggers {@link #takeUntil}.
 */
final class ReorderBuffer {

  private static final Comparator<WaitingObservation> APPLICATION_ORDER =
      Comparator.comparing(WaitingObservation::observation, Observation.APPLICATION_ORDER);

  static final String STATE = "buffer";
  static final String SUMMARY_STATE = "buffer-summary";

  private final int fields; // hash of the card's fields
  private final ListState<WaitingObservation> waiting;
  private final ValueState<Tuple2<Integer, Long>> summary; // how many wait, and the timer's time

  /**
   * @param fields the model card's fields
   */
  ReorderBuffer(RuntimeContext context, List<String> fields) {
    this.fields = WaitingObservation.hash(fields);
    waiting =
        context.getListState(
            new ListStateDescriptor<>(STATE, WaitingObservationSerializer.INSTANCE));
    summary =
        context.getState(
            new ValueStateDescriptor<>(SUMMARY_STATE, Types.TUPLE(Types.INT, Types.LONG)));
  }

  /**
   * Adds an observation.
   *
   * @return how many are waiting now
   */
  int add(Observation observation, TimerService timers) throws Exception {
    Tuple2<Integer, Long> before = summary.value();
    int size = before == null ? 1 : before.f0 + 1;
    long timer = before == null ? Long.MAX_VALUE : before.f1;
    if (before == null || observation.eventTime() < timer) {
      timer = observation.eventTime();
      timers.registerEventTimeTimer(timer);
    }
    waiting.add(new WaitingObservation(fields, observation));
    summary.update(Tuple2.of(size, timer));
    return size;
  }

  boolean isEmpty() throws Exception {
    return summary.value() == null;
  }

  /** Whether the values of an observation are those of the card's fields, in their order. */
  boolean isOfTheseFields(WaitingObservation taken) {
    return taken.fields() == fields;
  }

  /** Takes out the observations up to and including an event time, in application order. */
  List<WaitingObservation> takeUntil(long eventTime, TimerService timers) throws Exception {
    Tuple2<Integer, Long> before = summary.value();
    if (before == null || before.f1 > eventTime) {
      return List.of();
    }
    List<WaitingObservation> taken = new ArrayList<>();
    List<WaitingObservation> left = new ArrayList<>();
    long earliest = Long.MAX_VALUE;
    for (WaitingObservation next : waiting.get()) {
      long happened = next.observation().eventTime();
      if (happened <= eventTime) {
        taken.add(next);
      } else {
        left.add(next);
        earliest = Math.min(earliest, happened);
      }
    }
    taken.sort(APPLICATION_ORDER);
    if (!left.isEmpty()) {
      timers.registerEventTimeTimer(earliest);
    }
    keep(left, earliest);
    return taken;
  }

  /**
   * Takes out the first observation in application order; there must be one. The timer stays, so
   * timers do not pile up while the watermark stands still.
   */
  WaitingObservation takeOldest() throws Exception {
    List<WaitingObservation> left = new ArrayList<>();
    waiting.get().forEach(left::add);
    WaitingObservation oldest = Collections.min(left, APPLICATION_ORDER);
    left.remove(left.indexOf(oldest));
    keep(left, summary.value().f1);
    return oldest;
  }

  private void keep(List<WaitingObservation> left, long timer) throws Exception {
    if (left.isEmpty()) {
      waiting.clear();
      summary.clear();
    } else {
      waiting.update(left);
      summary.update(Tuple2.of(left.size(), timer));
    }
  }
}
