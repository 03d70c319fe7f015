package io.flinklstm.stream;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.model.LstmConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes {@link StreamState}, with a version in front and a checksum behind: Flink itself does
 * not check what it stores of a heap backend.
 *
 * <p>Version 1, little-endian, sizes in bytes:
 *
 * <pre>
 *   1  version
 *   1  numLayers, 0 if no h and c are kept
 *   2  hiddenSize, 0 if no h and c are kept
 *   2  number of features
 *   4  windowLength, 0 if no window is kept
 *   8  model hash     8  steps     8  last event time     8  last sequence     8  reclaim time
 *   8 * features                   last values
 *   4 * hiddenSize                 h, then as much c, for each layer
 *   8 * windowLength * features    window
 *   4  CRC32C of all before
 * </pre>
 *
 * <p>The sizes stand in the bytes, so the state of a model of other sizes can be read too, if only
 * to find that it belongs to another model. Owns a scratch buffer: not thread-safe, Flink
 * duplicates it for each thread.
 */
public final class StreamStateSerializer extends TypeSerializer<StreamState> {

  private static final long serialVersionUID = 1L;

  private static final byte VERSION = 1;
  private static final int PREFIX = 10; // version and sizes
  private static final int SCALARS = 5 * Long.BYTES;
  private static final int CHECKSUM = Integer.BYTES;

  private transient ByteBuffer scratch;
  private transient CRC32C crc;

  @Override
  public void serialize(StreamState state, DataOutputView target) throws IOException {
    int numLayers = state.lstm().numLayers();
    int hiddenSize = state.lstm().hiddenSize();
    int features = state.lastValues().length;
    int windowLength = state.window().length / features;
    int size = size(numLayers, hiddenSize, features, windowLength);
    ByteBuffer bytes = scratch(size);
    putPrefix(bytes, numLayers, hiddenSize, features, windowLength);
    bytes
        .putLong(state.modelHash())
        .putLong(state.steps())
        .putLong(state.lastEventTime())
        .putLong(state.lastSequence())
        .putLong(state.reclaimTime());
    put(bytes, state.lastValues());
    for (int l = 0; l < numLayers; l++) {
      put(bytes, state.lstm().h(l));
      put(bytes, state.lstm().c(l));
    }
    put(bytes, state.window());
    bytes.putInt(checksum(bytes.array(), bytes.position()));
    target.write(bytes.array(), 0, size);
  }

  @Override
  public StreamState deserialize(DataInputView source) throws IOException {
    byte version = source.readByte();
    if (version != VERSION) {
      throw new IOException(
          "state of a stream: expected version "
              + VERSION
              + ", got "
              + version
              + "; it was written by a newer release, or is damaged");
    }
    int numLayers = source.readUnsignedByte();
    int hiddenSize = Short.reverseBytes(source.readShort());
    int features = Short.reverseBytes(source.readShort());
    int windowLength = Integer.reverseBytes(source.readInt());
    // A damaged size must not lead to a huge allocation before the checksum can tell.
    if (numLayers > LstmConfig.MAX_LAYERS
        || hiddenSize < 0
        || hiddenSize > LstmConfig.MAX_SIZE
        || features < 1
        || features > LstmConfig.MAX_SIZE
        || windowLength < 0
        || (long) windowLength * features > ModelCard.MAX_WINDOW_VALUES) {
      throw damaged(
          numLayers
              + " layers of "
              + hiddenSize
              + ", "
              + features
              + " features, window of "
              + windowLength
              + ", out of range");
    }
    ByteBuffer bytes = scratch(size(numLayers, hiddenSize, features, windowLength));
    putPrefix(bytes, numLayers, hiddenSize, features, windowLength);
    try {
      source.readFully(bytes.array(), PREFIX, bytes.limit() - PREFIX);
    } catch (java.io.EOFException e) {
      throw damaged("an end before " + bytes.limit() + " bytes");
    }
    int expected = checksum(bytes.array(), bytes.limit() - CHECKSUM);
    int actual = bytes.getInt(bytes.limit() - CHECKSUM);
    if (expected != actual) {
      throw damaged(
          "checksum " + Integer.toHexString(actual) + " over " + Integer.toHexString(expected));
    }
    return read(bytes, new StreamState(numLayers, hiddenSize, features, windowLength));
  }

  private static void putPrefix(
      ByteBuffer bytes, int numLayers, int hiddenSize, int features, int windowLength) {
    bytes
        .put(VERSION)
        .put((byte) numLayers)
        .putShort((short) hiddenSize)
        .putShort((short) features)
        .putInt(windowLength);
  }

  private static StreamState read(ByteBuffer bytes, StreamState state) {
    long modelHash = bytes.getLong();
    state.set(bytes.getLong(), bytes.getLong(), bytes.getLong(), modelHash);
    state.setReclaimTime(bytes.getLong());
    get(bytes, state.lastValues());
    for (int l = 0; l < state.lstm().numLayers(); l++) {
      get(bytes, state.lstm().h(l));
      get(bytes, state.lstm().c(l));
    }
    get(bytes, state.window());
    return state;
  }

  private static IOException damaged(String got) {
    return new IOException(
        "state of a stream: expected bytes that match their checksum, got "
            + got
            + "; the checkpoint or savepoint is damaged, restore an older one");
  }

  private static int size(int numLayers, int hiddenSize, int features, int windowLength) {
    return PREFIX
        + SCALARS
        + Double.BYTES * features
        + 2 * Float.BYTES * numLayers * hiddenSize
        + Double.BYTES * windowLength * features
        + CHECKSUM;
  }

  private static void put(ByteBuffer bytes, double[] values) {
    bytes.asDoubleBuffer().put(values);
    bytes.position(bytes.position() + Double.BYTES * values.length);
  }

  private static void get(ByteBuffer bytes, double[] values) {
    bytes.asDoubleBuffer().get(values);
    bytes.position(bytes.position() + Double.BYTES * values.length);
  }

  private static void put(ByteBuffer bytes, float[] values) {
    bytes.asFloatBuffer().put(values);
    bytes.position(bytes.position() + Float.BYTES * values.length);
  }

  private static void get(ByteBuffer bytes, float[] values) {
    bytes.asFloatBuffer().get(values);
    bytes.position(bytes.position() + Float.BYTES * values.length);
  }

  private int checksum(byte[] bytes, int length) {
    crc.reset();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** The scratch buffer, empty, with its limit at {@code size}. */
  private ByteBuffer scratch(int size) {
    if (scratch == null || scratch.capacity() < size) {
      scratch = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
      crc = new CRC32C();
    }
    return scratch.clear().limit(size);
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
  public StreamState createInstance() {
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
   * Written into savepoints beside the states. It has nothing to say but its own version: the bytes
   * of every state tell their version themselves.
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
