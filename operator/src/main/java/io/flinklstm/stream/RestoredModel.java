package io.flinklstm.stream;

import io.flinklstm.forecast.ModelId;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which model the memories in a snapshot belong to, kept in operator state beside them, so that a
 * restore with another one is noticed before the first event.
 */
final class RestoredModel {

  private static final Logger LOG = LoggerFactory.getLogger(RestoredModel.class);

  private RestoredModel() {}

  /**
   * Compares the model of the snapshot, if there is one, with the model of today, and keeps the
   * latter for the next.
   *
   * @throws SuppressRestartsException if they differ, or the job is restored and this function is
   *     not, unless streams may begin anew
   */
  static void check(FunctionInitializationContext context, ModelId id, OnModelChange onChange)
      throws Exception {
    ListState<String> models =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("model", StringSerializer.INSTANCE));
    boolean found = false;
    for (String restored : models.get()) {
      found = true;
      if (!restored.endsWith(id.hashString())) {
        refuse(changed(restored, id), onChange);
        LOG.warn("State of model {} is restored: streams begin anew with {}", restored, id);
      }
    }
    if (context.isRestored() && !found) {
      // The job was restored, this function was not: its uid has changed, or its state is damaged.
      refuse(missing(), onChange);
      LOG.warn("The job is restored without the state of the forecasts: streams begin anew");
    }
    models.clear();
    models.add(describe(id));
  }

  /** A restart would restore the same. */
  private static void refuse(IllegalStateException reason, OnModelChange onChange) {
    if (onChange == OnModelChange.FAIL) {
      throw new SuppressRestartsException(reason);
    }
  }

  private static String describe(ModelId id) {
    return id.name() + " version " + id.version() + " hash " + id.hashString();
  }

  private static IllegalStateException changed(String restored, ModelId id) {
    return new IllegalStateException(
        "model of the restored state: expected "
            + describe(id)
            + ", got "
            + restored
            + "; restore with the model the state belongs to, or set lstm.model.on-change: reset"
            + " to let every stream begin anew, or start without the savepoint");
  }

  private static IllegalStateException missing() {
    return new IllegalStateException(
        "state of the forecasts in what the job is restored from: expected the memories of every"
            + " stream, got none; give the operator the uid it had when the state was written, or"
            + " set lstm.model.on-change: reset to let every stream begin anew");
  }
}
