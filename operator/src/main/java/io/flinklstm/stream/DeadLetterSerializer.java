package io.flinklstm.stream;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes {@link DeadLetter}. */
public final class DeadLetterSerializer extends ValueSerializer<DeadLetter> {

  private static final long serialVersionUID = 1L;

  public static final DeadLetterSerializer INSTANCE = new DeadLetterSerializer();

  @Override
  public void serialize(DeadLetter letter, DataOutputView target) throws IOException {
    writeString(letter.stage(), target);
    writeString(letter.rejection().code().name(), target);
    writeString(letter.rejection().message(), target);
    writeString(letter.key(), target);
    target.writeBoolean(letter.source() != null);
    if (letter.source() != null) {
      SourceRecordSerializer.INSTANCE.serialize(letter.source(), target);
    }
  }

  @Override
  public DeadLetter deserialize(DataInputView source) throws IOException {
    return new DeadLetter(
        readString(source),
        new Rejection(RejectionCode.valueOf(readString(source)), readString(source)),
        readStringOrNull(source),
        source.readBoolean() ? SourceRecordSerializer.INSTANCE.deserialize(source) : null);
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints alongside the serialized values. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<DeadLetter> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
