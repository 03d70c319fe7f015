package io.flinklstm.stream;

import io.flinklstm.forecast.StreamState;
import io.flinklstm.forecast.StreamStateCodec;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Serializes {@link StreamState} with {@link StreamStateCodec}, whose checksum is needed because
 * Flink does not check what it stores for a heap backend. Owns a scratch buffer, so it is not
 * thread-safe; Flink duplicates it for each thread.
 */
public final class StreamStateSerializer extends TypeSerializer<StreamState> {

  private static final long serialVersionUID = 1L;

  private transient @Nullable StreamStateCodec codec;

  @Override
  public void serialize(StreamState state, DataOutputView target) throws IOException {
    codec().write(state, target);
  }

  @Override
  public StreamState deserialize(DataInputView source) throws IOException {
    return codec().read(source);
  }

  private StreamStateCodec codec() {
    if (codec == null) {
      codec = new StreamStateCodec();
    }
    return codec;
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public StreamState copy(StreamState from) {
    return from.copy();
  }

  @Override
  public StreamState copy(StreamState from, StreamState reuse) {
    return from.copy();
  }

  @Override
  public StreamState deserialize(StreamState reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public @Nullable StreamState createInstance() {
    return null;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public TypeSerializer<StreamState> duplicate() {
    return new StreamStateSerializer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StreamStateSerializer;
  }

  @Override
  public int hashCode() {
    return StreamStateSerializer.class.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<StreamState> snapshotConfiguration() {
    return new Snapshot();
  }

  /**
   * Written into savepoints alongside the states. It holds nothing but its own version: the bytes
   * of every state contain theirs.
   */
  public static final class Snapshot implements TypeSerializerSnapshot<StreamState> {

    private static final int SNAPSHOT_VERSION = 1;

    @Override
    public int getCurrentVersion() {
      return SNAPSHOT_VERSION;
    }

    @Override
    public void writeSnapshot(DataOutputView out) {}

    @Override
    public void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
        throws IOException {
      if (readVersion != SNAPSHOT_VERSION) {
        throw new IOException(
            "snapshot of the state's serializer: expected version "
                + SNAPSHOT_VERSION
                + ", got "
                + readVersion
                + "; the savepoint was written by a newer release");
      }
    }

    @Override
    public TypeSerializer<StreamState> restoreSerializer() {
      return new StreamStateSerializer();
    }

    @Override
    public TypeSerializerSchemaCompatibility<StreamState> resolveSchemaCompatibility(
        TypeSerializerSnapshot<StreamState> oldSerializerSnapshot) {
      return oldSerializerSnapshot instanceof Snapshot
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
