package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** States of several shapes with damaged bits, followed by another record. */
class DamagedStreamStateTest {

  private static final int FLIPS = 2_500;
  private static final int BURSTS = 500;

  private final StreamStateSerializer serializer = new StreamStateSerializer();

  @ParameterizedTest
  @CsvSource({"1,17,3,0", "3,64,8,0", "0,0,7,30", "2,8,3,5"})
  void everyDamageIsRefused(int numLayers, int hiddenSize, int features, int windowLength)
      throws IOException {
    byte[] state =
        StreamStateSerializerTest.write(
            serializer,
            StreamStateSerializerTest.state(numLayers, hiddenSize, features, windowLength));
    Random random = new Random(13);
    for (int k = 0; k < FLIPS; k++) {
      byte[] damaged = state.clone();
      int bit = random.nextInt(8 * state.length);
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertRefused(damaged, state, "bit " + bit);
    }
    for (int k = 0; k < BURSTS; k++) {
      byte[] damaged = state.clone();
      int from = random.nextInt(state.length);
      int to = Math.min(state.length, from + 1 + random.nextInt(16));
      for (int b = from; b < to; b++) {
        damaged[b] ^= (byte) (1 + random.nextInt(255));
      }
      assertRefused(damaged, state, "bytes " + from + " to " + to);
    }
    for (int k = 0; k < BURSTS; k++) {
      byte[] cut = Arrays.copyOf(state, random.nextInt(state.length));
      assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(cut)))
          .as("cut after %d bytes", cut.length)
          .isInstanceOf(IOException.class);
    }
  }

  /** Alone, and followed by the next record, into which a damaged size may reach. */
  private void assertRefused(byte[] damaged, byte[] next, String what) {
    byte[] followed = Arrays.copyOf(damaged, damaged.length + next.length);
    System.arraycopy(next, 0, followed, damaged.length, next.length);
    for (byte[] bytes : new byte[][] {damaged, followed}) {
      assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(bytes)))
          .as(what)
          .isInstanceOf(IOException.class)
          .hasMessageMatching("state of a stream: expected .*, got .*; .*");
    }
  }
}
