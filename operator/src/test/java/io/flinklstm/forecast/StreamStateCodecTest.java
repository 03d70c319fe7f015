package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.testing.Bits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What the codec refuses even if the checksum is right. */
class StreamStateCodecTest {

  private static final byte[] CORE = core(1, 1.5);
  private static final byte[] LSTM = lstm(1, 2, 4);
  private static final byte[] WINDOW = new byte[2 * Double.BYTES];

  private final StreamStateCodec codec = new StreamStateCodec();

  @Test
  void readsWhatItWroteWithoutAnEngine() throws IOException {
    StreamState state = new StreamState(2, 3, 2, 0);
    state.set(5, 1000, 7, -9);
    state.lstm().h(1)[2] = 0.25f;
    state.lastValues()[1] = -1.5;
    state.setHistory(-17);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.write(state, new DataOutputStream(out));
    assertThat(Bits.of(read(out.toByteArray()))).isEqualTo(Bits.of(state));
  }

  @Test
  void readsSectionsInTheirOrder() throws IOException {
    StreamState state =
        read(state(section("core", 1, CORE), section("lstm", 1, LSTM), section("wind", 1, WINDOW)));
    assertThat(state.lstm().numLayers()).isEqualTo(1);
    assertThat(state.lastValues()).containsExactly(1.5);
    assertThat(state.window()).hasSize(2);
  }

  @Test
  void refusesAStateWithoutItsParts() {
    refused("no section core, or neither lstm nor wind", state());
    refused("no section core, or neither lstm nor wind", state(section("core", 1, CORE)));
    refused("got lstm of version 1 first", state(section("lstm", 1, LSTM)));
  }

  @Test
  void refusesSectionsInAnotherOrderOrTwice() {
    byte[] core = section("core", 1, CORE);
    byte[] lstm = section("lstm", 1, LSTM);
    byte[] window = section("wind", 1, WINDOW);
    refused("got core of version 1 after core", state(core, core));
    refused("got lstm of version 1 after lstm", state(core, lstm, lstm));
    refused("got lstm of version 1 after wind", state(core, window, lstm));
  }

  @Test
  void refusesUnknownSectionsAndVersions() {
    byte[] core = section("core", 1, CORE);
    refused("got core of version 2 first", state(section("core", 2, CORE)));
    refused("got lstm of version 3 after core", state(core, section("lstm", 3, LSTM)));
    refused("got s?or of version 1 after core", state(core, section("s\nor", 1, new byte[8])));
  }

  @Test
  void refusesLengthsThatContradictTheSizes() {
    byte[] core = section("core", 1, CORE);
    byte[] good = section("lstm", 1, LSTM);
    refused("contradicts its 2 features", state(section("core", 1, core(2, 1)), good));
    refused("contradicts its 0 features", state(section("core", 1, core(0)), good));
    refused("20 bytes of section core", state(section("core", 1, new byte[20]), good));
    for (byte[] lstm :
        new byte[][] {lstm(1, 2, 3), lstm(0, 2, 0), lstm(255, 0, 0), lstm(2, 2, 4)}) {
      refused("contradicts its sizes", state(core, section("lstm", 1, lstm)));
    }
    for (int length : new int[] {0, 7, 12}) {
      refused("contradicts its sizes", state(core, section("wind", 1, new byte[length])));
    }
  }

  @Test
  void refusesAHugeLengthBeforeItAllocates() {
    for (int length : new int[] {Integer.MAX_VALUE, 1 << 29, -1}) {
      byte[] bytes = state(section("core", 1, CORE));
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(7, length);
      refused(length + " bytes of section core", bytes);
    }
  }

  private void refused(String got, byte[] bytes) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("state of a stream: expected .*, got .*; .*")
        .hasMessageContaining(got);
  }

  private StreamState read(byte[] bytes) throws IOException {
    return codec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  private static byte[] core(int features, double... lastValues) {
    ByteBuffer bytes = littleEndian(50 + Double.BYTES * lastValues.length);
    bytes.putLong(3).putLong(1).putLong(1000).putLong(7).putLong(9).putLong(17);
    bytes.putShort((short) features);
    for (double value : lastValues) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }

  private static byte[] lstm(int numLayers, int hiddenSize, int floats) {
    ByteBuffer bytes = littleEndian(3 + Float.BYTES * floats);
    return bytes.put((byte) numLayers).putShort((short) hiddenSize).array();
  }

  private static byte[] section(String name, int version, byte[] content) {
    return littleEndian(9 + content.length)
        .put(name.getBytes(StandardCharsets.US_ASCII))
        .put((byte) version)
        .putInt(content.length)
        .put(content)
        .array();
  }

  private static byte[] state(byte[]... sections) {
    int length = 6;
    for (byte[] section : sections) {
      length += section.length;
    }
    ByteBuffer bytes = littleEndian(length).put((byte) 2).put((byte) sections.length);
    for (byte[] section : sections) {
      bytes.put(section);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 0, bytes.position());
    return bytes.putInt((int) crc.getValue()).array();
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
