package io.flinklstm.stream;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Serializes {@link SourceRecord}: version, position, timestamp, key, value, headers. */
public final class SourceRecordSerializer extends ValueSerializer<SourceRecord> {

  private static final long serialVersionUID = 1L;

  public static final SourceRecordSerializer INSTANCE = new SourceRecordSerializer();

  private static final byte WITHOUT_INDEX = 1; // its positions had no index
  private static final byte VERSION = 2;

  @Override
  public void serialize(SourceRecord record, DataOutputView target) throws IOException {
    target.writeByte(VERSION);
    writePosition(record.position(), target);
    target.writeLong(record.timestamp());
    writeBytes(record.key(), target);
    writeBytes(record.value(), target);
    target.writeInt(record.headers().size());
    for (SourceRecord.Header header : record.headers()) {
      writeString(header.name(), target);
      writeBytes(header.value(), target);
    }
  }

  @Override
  public SourceRecord deserialize(DataInputView source) throws IOException {
    byte version = source.readByte();
    if (version != WITHOUT_INDEX) {
      checkVersion("source record", VERSION, version);
    }
    SourcePosition position = readPosition(source, version != WITHOUT_INDEX);
    if (position == null) {
      throw new IOException("source record: expected a position, got none; it is damaged");
    }
    long timestamp = source.readLong();
    byte[] key = readBytes(source);
    byte[] value = readBytes(source);
    return new SourceRecord(position, timestamp, key, value, readHeaders(source));
  }

  private static List<SourceRecord.Header> readHeaders(DataInputView source) throws IOException {
    int count = readCount(source);
    if (count == 0) {
      return List.of();
    }
    List<SourceRecord.Header> headers = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      headers.add(new SourceRecord.Header(readString(source), readBytes(source)));
    }
    return headers;
  }

  /** Writes a position, or null. */
  static void writePosition(@Nullable SourcePosition position, DataOutputView target)
      throws IOException {
    target.writeBoolean(position != null);
    if (position != null) {
      writeString(position.topic(), target);
      target.writeInt(position.partition());
      target.writeLong(position.offset());
      target.writeInt(position.index());
    }
  }

  /** Reads what {@link #writePosition} wrote. */
  static @Nullable SourcePosition readPosition(DataInputView source) throws IOException {
    return readPosition(source, true);
  }

  private static @Nullable SourcePosition readPosition(DataInputView source, boolean hasIndex)
      throws IOException {
    return source.readBoolean()
        ? new SourcePosition(
            readString(source),
            source.readInt(),
            source.readLong(),
            hasIndex ? source.readInt() : SourcePosition.WHOLE_RECORD)
        : null;
  }

  @Override
  public TypeSerializerSnapshot<SourceRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints alongside the serialized values. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<SourceRecord> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
