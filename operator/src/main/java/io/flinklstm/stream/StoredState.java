package io.flinklstm.stream;

import io.flinklstm.forecast.StreamState;
import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.jspecify.annotations.Nullable;

/**
 * The current key's stream state as Flink stores it, and the timer that reclaims it once the key
 * has been idle for the ttl. No forecast depends on when that happens.
 */
final class StoredState {

  static final String STATE = "stream";
  static final String TIMER_STATE = "reclaim-timer";

  /** The reclaim time of a state that was last advanced before there was a watermark. */
  private static final long FIRST_WATERMARK = Long.MIN_VALUE + 1;

  private final ForecastSettings settings;
  private final ValueState<StreamState> streamState;
  private final ValueState<Long> reclaimTimer; // the time of the timer that checks the reclaim time

  StoredState(RuntimeContext context, ForecastSettings settings) {
    this.settings = settings;
    this.streamState =
        context.getState(new ValueStateDescriptor<>(STATE, new StreamStateSerializer()));
    this.reclaimTimer = context.getState(new ValueStateDescriptor<>(TIMER_STATE, Types.LONG));
  }

  /** Null if the key has none. */
  @Nullable StreamState value() throws IOException {
    return streamState.value();
  }

  /**
   * Stores a state that was advanced. Its reclaim time usually rises, and then the pending timer is
   * left alone: it checks again when it fires, so one per key is enough.
   */
  void store(StreamState state, TimerService timers) throws Exception {
    long reclaimTime = reclaimTime(state.lastEventTime(), timers.currentWatermark());
    if (reclaimTime < state.reclaimTime()) {
      lookAgain(reclaimTime, timers);
    }
    state.setReclaimTime(reclaimTime);
    streamState.update(state);
  }

  /** Registers a new timer; an earlier one that is still pending is ignored when it fires. */
  private void lookAgain(long time, TimerService timers) throws Exception {
    timers.registerEventTimeTimer(time);
    reclaimTimer.update(time);
  }

  /**
   * A key may lag far behind the watermark (its records follow another key's in one partition), so
   * what counts is how far the watermark moves while the key is idle. Every restart forgets the
   * watermark; until the first one arrives, its starting point is unknown.
   */
  private long reclaimTime(long lastEventTime, long watermark) {
    long ttl = settings.policy().ttlMs();
    if (ttl == Long.MAX_VALUE || watermark == Long.MAX_VALUE) {
      return StreamState.NO_RECLAIM_TIME;
    }
    if (watermark == Long.MIN_VALUE) {
      return FIRST_WATERMARK;
    }
    return later(Math.max(lastEventTime, watermark));
  }

  /** Not before the current ttl has passed, which may be longer than when the state was stored. */
  private long end(StreamState state) {
    return Math.max(state.reclaimTime(), later(state.lastEventTime()));
  }

  /**
   * By ttl and out-of-orderness after a time, which may be before 1970; the end of time at most.
   */
  private long later(long time) {
    long later = time + settings.policy().ttlMs() + settings.maxOutOfOrderness().toMillis();
    return later < time ? StreamState.NO_RECLAIM_TIME : later;
  }

  /**
   * Checks the state when a timer fires: drops it, or checks again later.
   *
   * @param timestamp the timer's timestamp
   * @return whether it was dropped
   */
  boolean reclaim(long timestamp, TimerService timers) throws Exception {
    Long timer = reclaimTimer.value();
    if (timer == null || timer != timestamp) {
      return false;
    }
    StreamState state = streamState.value();
    long watermark = timers.currentWatermark();
    if (state.reclaimTime() == FIRST_WATERMARK
        || watermark == Long.MAX_VALUE
        || settings.policy().ttl() == null) {
      state.setReclaimTime(reclaimTime(state.lastEventTime(), watermark));
      streamState.update(state);
    }
    if (state.reclaimTime() == StreamState.NO_RECLAIM_TIME) {
      // A timer for it would fire at once, or is no longer needed.
      reclaimTimer.clear();
    } else if (end(state) > watermark) {
      lookAgain(end(state), timers);
    } else {
      reclaimTimer.clear();
      streamState.clear();
      return true;
    }
    return false;
  }
}
