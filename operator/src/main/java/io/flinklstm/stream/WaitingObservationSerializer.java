package io.flinklstm.stream;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes {@link WaitingObservation}: version, hash of the fields, observation. */
final class WaitingObservationSerializer extends ValueSerializer<WaitingObservation> {

  private static final long serialVersionUID = 1L;

  static final WaitingObservationSerializer INSTANCE = new WaitingObservationSerializer();

  private static final byte VERSION = 1;

  @Override
  public void serialize(WaitingObservation waiting, DataOutputView target) throws IOException {
    target.writeByte(VERSION);
    target.writeInt(waiting.fields());
    ObservationSerializer.INSTANCE.serialize(waiting.observation(), target);
  }

  @Override
  public WaitingObservation deserialize(DataInputView source) throws IOException {
    checkVersion("waiting observation", VERSION, source);
    return new WaitingObservation(
        source.readInt(), ObservationSerializer.INSTANCE.deserialize(source));
  }

  @Override
  public TypeSerializerSnapshot<WaitingObservation> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints alongside the serialized values. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<WaitingObservation> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
