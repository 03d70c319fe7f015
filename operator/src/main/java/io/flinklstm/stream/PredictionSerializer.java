package io.flinklstm.stream;

import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Prediction;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Serializes {@link Prediction}. */
public final class PredictionSerializer extends ValueSerializer<Prediction> {

  private static final long serialVersionUID = 1L;

  public static final PredictionSerializer INSTANCE = new PredictionSerializer();

  @Override
  public void serialize(Prediction prediction, DataOutputView target) throws IOException {
    writeString(prediction.key(), target);
    target.writeLong(prediction.eventTime());
    writeString(prediction.model().name(), target);
    writeString(prediction.model().version(), target);
    target.writeInt(prediction.model().lookback());
    target.writeLong(prediction.model().hash());
    writeString(prediction.reset() == null ? null : prediction.reset().name(), target);
    target.writeLong(prediction.gapMs());
    target.writeLong(prediction.step());
    target.writeDouble(prediction.lastValue());
    writeDoubles(prediction.forecasts(), target);
    SourceRecordSerializer.writePosition(prediction.source(), target);
    target.writeLong(prediction.history());
  }

  @Override
  public Prediction deserialize(DataInputView source) throws IOException {
    return new Prediction(
        readString(source),
        source.readLong(),
        new ModelId(readString(source), readString(source), source.readInt(), source.readLong()),
        readReset(source),
        source.readLong(),
        source.readLong(),
        source.readDouble(),
        readDoubles(source),
        SourceRecordSerializer.readPosition(source),
        source.readLong());
  }

  private static Prediction.@Nullable Reset readReset(DataInputView source) throws IOException {
    String name = readStringOrNull(source);
    return name == null ? null : Prediction.Reset.valueOf(name);
  }

  @Override
  public TypeSerializerSnapshot<Prediction> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints alongside the serialized values. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Prediction> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
