package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.StreamState;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamStateSerializerTest {

  /** Version 2 as it was first written: one layer of two, one feature. */
  private static final String VERSION_2 =
      "0202636f7265013a00000008070605040302010500000000000000e80300000000000000000000000000"
          + "80d00700000000000000000000000000000100000000000000f83f6c73746d0113000000010200000000"
          + "3f000080be0000803f000000404f4b4974";

  /** Version 2 as it was first written: a window of two, one feature. */
  private static final String VERSION_2_WINDOW =
      "0202636f7265013a00000008070605040302010500000000000000e80300000000000007000000000000"
          + "00ffffffffffffff7f00000000000000000100000000000000f83f77696e640110000000000000000000"
          + "e03f000000000000d0bfbbddee23";

  /** A section that this release does not know, after the core. */
  private static final String UNKNOWN_SECTION =
      "0202636f7265013a00000008070605040302010500000000000000e80300000000000007000000000000"
          + "00ffffffffffffff7f00000000000000000100000000000000f83f73636f720108000000000000000000"
          + "0000b9939a78";

  private final StreamStateSerializer serializer = new StreamStateSerializer();

  @ParameterizedTest
  @CsvSource({
    "1,1,1,0",
    "1,2,1,0",
    "1,17,3,0",
    "1,64,8,0",
    "2,64,5,0",
    "3,256,1,0",
    "64,3,1,0",
    "0,0,1,1",
    "0,0,3,30",
    "0,0,7,96",
    "2,8,3,5"
  })
  void readsWhatItWrote(int numLayers, int hiddenSize, int features, int windowLength)
      throws IOException {
    StreamState state = state(numLayers, hiddenSize, features, windowLength);
    byte[] bytes = write(serializer, state);
    StreamState read = read(bytes);
    assertThat(write(new StreamStateSerializer(), read)).isEqualTo(bytes);
    assertThat(read.steps()).isEqualTo(state.steps());
    assertThat(read.lastEventTime()).isEqualTo(state.lastEventTime());
    assertThat(read.lastSequence()).isEqualTo(state.lastSequence());
    assertThat(read.modelHash()).isEqualTo(state.modelHash());
    assertThat(read.reclaimTime()).isEqualTo(state.reclaimTime());
    assertThat(read.lastValues()).isEqualTo(state.lastValues());
    assertThat(read.window()).isEqualTo(state.window());
    for (int l = 0; l < numLayers; l++) {
      assertThat(read.lstm().h(l)).isEqualTo(state.lstm().h(l));
      assertThat(read.lstm().c(l)).isEqualTo(state.lstm().c(l));
    }
  }

  @Test
  void readsVersion2() throws IOException {
    StreamState state = read(HexFormat.of().parseHex(VERSION_2));
    assertThat(state.modelHash()).isEqualTo(0x0102030405060708L);
    assertThat(state.steps()).isEqualTo(5);
    assertThat(state.lastEventTime()).isEqualTo(1000);
    assertThat(state.lastSequence()).isEqualTo(Long.MIN_VALUE);
    assertThat(state.reclaimTime()).isEqualTo(2000);
    assertThat(state.lastValues()).containsExactly(1.5);
    assertThat(state.lstm().h(0)).containsExactly(0.5f, -0.25f);
    assertThat(state.lstm().c(0)).containsExactly(1f, 2f);
    assertThat(HexFormat.of().formatHex(write(serializer, state))).isEqualTo(VERSION_2);
  }

  @Test
  void readsVersion2WithAWindow() throws IOException {
    StreamState state = read(HexFormat.of().parseHex(VERSION_2_WINDOW));
    assertThat(state.steps()).isEqualTo(5);
    assertThat(state.reclaimTime()).isEqualTo(StreamState.NO_RECLAIM_TIME);
    assertThat(state.lstm().numLayers()).isZero();
    assertThat(state.window()).containsExactly(0.5, -0.25);
    assertThat(HexFormat.of().formatHex(write(serializer, state))).isEqualTo(VERSION_2_WINDOW);
  }

  @Test
  void refusesASectionThatItDoesNotKnowByItsName() {
    assertThatThrownBy(() -> read(HexFormat.of().parseHex(UNKNOWN_SECTION)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(
            "expected sections core of version 1, lstm of version 1, wind of version 1",
            "got scor of version 1 after core");
  }

  @Test
  void refusesTheVersionBefore() {
    assertThatThrownBy(() -> read(new byte[] {1, 1, 2, 0, 1, 0, 0, 0, 0, 0}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected version 2, got 1");
  }

  @ParameterizedTest
  @CsvSource({"1,64,8,0", "2,128,5,0", "0,0,3,30"})
  void takesAtMost77BytesBesideItsNumbers(
      int numLayers, int hiddenSize, int features, int windowLength) throws IOException {
    int numbers =
        2 * Float.BYTES * numLayers * hiddenSize + Double.BYTES * features * (1 + windowLength);
    assertThat(write(serializer, state(numLayers, hiddenSize, features, windowLength)))
        .hasSizeLessThanOrEqualTo(numbers + 77);
  }

  @Test
  void detectsEveryFlippedBit() throws IOException {
    byte[] bytes = write(serializer, state(1, 8, 2, 3));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> read(damaged))
          .as("bit %d", bit)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("expected");
    }
  }

  @Test
  void detectsAnEndThatComesTooEarly() throws IOException {
    byte[] bytes = write(serializer, state(1, 8, 2));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(IOException.class);
    }
  }

  @Test
  void copiesShareNothing() throws IOException {
    StreamState state = state(2, 4, 2, 3);
    StreamState copy = serializer.copy(state);
    byte[] before = write(serializer, copy);
    state.lstm().h(1)[3] += 1;
    state.lstm().c(0)[0] += 1;
    state.lastValues()[1] += 1;
    state.window()[5] += 1;
    state.setReclaimTime(0);
    state.set(0, 0, 0, 0);
    assertThat(write(serializer, copy)).isEqualTo(before);
  }

  @Test
  void copiesFromStreamToStream() throws IOException {
    byte[] bytes = write(serializer, state(2, 4, 2));
    DataOutputSerializer out = new DataOutputSerializer(8);
    serializer.copy(new DataInputDeserializer(bytes), out);
    assertThat(out.getCopyOfBuffer()).isEqualTo(bytes);
  }

  @Test
  void duplicatesDoNotShareScratch() {
    assertThat(serializer.duplicate()).isNotSameAs(serializer).isEqualTo(serializer);
  }

  @Test
  void isRestoredFromItsSnapshot() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(8);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    TypeSerializerSnapshot<StreamState> snapshot =
        TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAsIs())
        .isTrue();
  }

  private static StreamState state(int numLayers, int hiddenSize, int features) {
    return state(numLayers, hiddenSize, features, 0);
  }

  static StreamState state(int numLayers, int hiddenSize, int features, int windowLength) {
    Random random = new Random(3);
    StreamState state = new StreamState(numLayers, hiddenSize, features, windowLength);
    for (int l = 0; l < numLayers; l++) {
      for (int k = 0; k < hiddenSize; k++) {
        state.lstm().h(l)[k] = random.nextFloat() - 0.5f;
        state.lstm().c(l)[k] = 10 * random.nextFloat() - 5;
      }
    }
    for (int k = 0; k < features; k++) {
      state.lastValues()[k] = random.nextGaussian();
    }
    for (int k = 0; k < windowLength * features; k++) {
      state.window()[k] = random.nextGaussian();
    }
    state.setReclaimTime(random.nextLong());
    state.set(random.nextInt(1000), random.nextLong(), random.nextLong(), random.nextLong());
    return state;
  }

  static byte[] write(TypeSerializer<StreamState> serializer, StreamState state)
      throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(state, out);
    return out.getCopyOfBuffer();
  }

  private StreamState read(byte[] bytes) throws IOException {
    return serializer.deserialize(new DataInputDeserializer(bytes));
  }
}
