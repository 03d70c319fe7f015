package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourceRecord;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes {@link Observation}: version, key, event time, values, sequence, source record. */
public final class ObservationSerializer extends ValueSerializer<Observation> {

  private static final long serialVersionUID = 1L;

  public static final ObservationSerializer INSTANCE = new ObservationSerializer();

  private static final byte VERSION = 1;

  @Override
  public void serialize(Observation observation, DataOutputView target) throws IOException {
    target.writeByte(VERSION);
    writeString(observation.key(), target);
    target.writeLong(observation.eventTime());
    writeDoubles(observation.values(), target);
    target.writeLong(observation.sequence());
    SourceRecord source = observation.source();
    target.writeBoolean(source != null);
    if (source != null) {
      SourceRecordSerializer.INSTANCE.serialize(source, target);
    }
  }

  @Override
  public Observation deserialize(DataInputView source) throws IOException {
    checkVersion("observation", VERSION, source);
    return new Observation(
        readString(source),
        source.readLong(),
        readDoubles(source),
        source.readLong(),
        source.readBoolean() ? SourceRecordSerializer.INSTANCE.deserialize(source) : null);
  }

  @Override
  public TypeSerializerSnapshot<Observation> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints alongside the serialized values. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Observation> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
