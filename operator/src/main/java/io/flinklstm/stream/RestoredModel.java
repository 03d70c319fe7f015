package io.flinklstm.stream;

import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.OnModelChange;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in operator state which model the stream states of a snapshot belong to, so a restore
 * with another model is detected before the first event.
 */
final class RestoredModel {

  static final String STATE = "model";

  private static final Logger LOG = LoggerFactory.getLogger(RestoredModel.class);

  private RestoredModel() {}

  /**
   * Compares the snapshot's model, if there is one, with the current model, and stores the current
   * one for the next snapshot.
   *
   * @throws SuppressRestartsException if they differ, or if the job is restored and this function
   *     is not, unless streams may be reset
   */
  static void check(FunctionInitializationContext context, ModelId id, ForecastSettings settings)
      throws Exception {
    ListState<String> models =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>(STATE, StringSerializer.INSTANCE));
    List<String> restored = new ArrayList<>();
    models.get().forEach(restored::add);
    try {
      check(context.isRestored(), restored, id, settings.onModelChange());
    } catch (IllegalStateException refusal) {
      // A restart would restore the same state.
      throw new SuppressRestartsException(
          new IllegalStateException(
              refusal.getMessage()
                  + "; or set "
                  + settings.onModelChangeName()
                  + ": reset, which resets every stream",
              refusal));
    }
    models.clear();
    models.add(OnModelChange.describe(id));
  }

  private static void check(
      boolean isRestored, List<String> restored, ModelId id, OnModelChange onChange) {
    for (String model : restored) {
      if (!onChange.checkSame(model, id)) {
        LOG.warn("Restored state belongs to model {}: resetting every stream for {}", model, id);
      }
    }
    if (isRestored && restored.isEmpty()) {
      // The job was restored but this function was not: its uid changed, or its state is damaged.
      onChange.checkMissing();
      LOG.warn("The job is restored without forecast state: every stream starts from scratch");
    }
  }
}
