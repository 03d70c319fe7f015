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
 * The state of the current key's stream as Flink keeps it, and the timer that reclaims it once
 * nothing has come for the key for its ttl. No forecast depends on when that is.
 */
final class StoredState {

  static final String STATE = "stream";
  static final String TIMER_STATE = "reclaim-timer";

  /** The reclaim time of a state that was last advanced before there was a watermark. */
  private static final long FIRST_WATERMARK = Long.MIN_VALUE + 1;

  private final ForecastSettings settings;
  private final ValueState<StreamState> streamState;
  private final ValueState<Long> reclaimTimer; // the one that looks at the reclaim time

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
   * Stores a state that was advanced. Its reclaim time mostly rises, and then the timer that is
   * outstanding is left alone: it looks again when it fires, so one per key is enough.
   */
  void store(StreamState state, TimerService timers) throws Exception {
    long reclaimTime = reclaimTime(state.lastEventTime(), timers.currentWatermark());
    if (reclaimTime < state.reclaimTime()) {
      lookAgain(reclaimTime, timers);
    }
    state.setReclaimTime(reclaimTime);
    streamState.update(state);
  }

  /** The timer of before, if it is still to come, no longer means anything. */
  private void lookAgain(long time, TimerService timers) throws Exception {
    timers.registerEventTimeTimer(time);
    reclaimTimer.update(time);
  }

  /**
   * A key may lag far behind the watermark (its records stand behind another's in one partition),
   * so what counts is how far the watermark moves while nothing comes for the key. Every start
   * forgets the watermark; until one comes, it is not known from where it will move.
   */
  private long reclaimTime(long lastEventTime, long watermark) {
    long ttl = settings.policy().ttlMs();
    if (ttl == Long.MAX_VALUE || watermark == Long.MAX_VALUE) {
      return StreamState.NO_RECLAIM_TIME;
    }
    if (watermark == Long.MIN_VALUE) {
      return FIRST_WATERMARK;
    }
    long reclaimTime =
        Math.max(lastEventTime, watermark) + ttl + settings.maxOutOfOrderness().toMillis();
    return reclaimTime < 0 ? StreamState.NO_RECLAIM_TIME : reclaimTime;
  }

  /** Not before the ttl of today, which may be longer than when the state was stored. */
  private long end(StreamState state) {
    long end =
        state.lastEventTime() + settings.policy().ttlMs() + settings.maxOutOfOrderness().toMillis();
    return end < 0 ? state.reclaimTime() : Math.max(state.reclaimTime(), end);
  }

  /**
   * Looks at the state when a timer fires: forgets it, or looks again later.
   *
   * @param timestamp of the timer
   * @return whether it is forgotten
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
      // A timer for it would fire at once, or nobody wants it any more.
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
