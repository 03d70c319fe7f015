package io.flinklstm.forecast;

import io.flinklstm.model.LstmConfig;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a {@link StreamState} as bytes: a version first, then sections, a checksum last.
 * Independent of any engine; whoever stores states wraps it.
 *
 * <p>Version 2, little-endian, sizes in bytes:
 *
 * <pre>
 *   1  version
 *   1  number of sections
 *      each section, in the order of the table below:
 *        4  name, ASCII
 *        1  version of the section
 *        4  length of its content
 *           content
 *   4  CRC32C of everything before
 * </pre>
 *
 * <table>
 *   <caption>Sections; empty ones are omitted</caption>
 *   <tr><th>name</th><th>version</th><th>present</th><th>content</th></tr>
 *   <tr><td>core</td><td>1</td><td>always</td><td>8 model hash, 8 steps, 8 last event time, 8 last
 *       sequence, 8 reclaim time, 8 running hash of the applied observations, 2 number of features,
 *       8 * features last values</td></tr>
 *   <tr><td>lstm</td><td>1</td><td>with context carry</td><td>1 numLayers, 2 hiddenSize, then for
 *       each layer 4 * hiddenSize h and 4 * hiddenSize c</td></tr>
 *   <tr><td>wind</td><td>1</td><td>with context window</td><td>8 * windowLength * features, the
 *       ring of inputs</td></tr>
 * </table>
 *
 * <p>The bytes contain the sizes, so the state of a model of other sizes can be read too, if only
 * to find that it belongs to another model. A section of another name or version is refused, so
 * that its content is not lost. Owns a scratch buffer: not thread-safe.
 */
public final class StreamStateCodec {

  private static final byte VERSION = 2;
  private static final int PREFIX = 2; // version, number of sections
  private static final int SECTION_PREFIX = 9; // name, version, length
  private static final int CORE_PREFIX = 6 * Long.BYTES + Short.BYTES;
  private static final int LSTM_PREFIX = Byte.BYTES + Short.BYTES;
  private static final int CHECKSUM = Integer.BYTES;
  private static final int ABSENT = -1;

  /** The sections of a state, in the order in which they are written. */
  private enum Section {
    CORE("core", 1, CORE_PREFIX + Double.BYTES * LstmConfig.MAX_SIZE),
    LSTM("lstm", 1, LSTM_PREFIX + 2 * Float.BYTES * LstmConfig.MAX_LAYERS * LstmConfig.MAX_SIZE),
    WINDOW("wind", 1, Double.BYTES * ModelCard.MAX_WINDOW_VALUES);

    private static final Section[] ALL = values();

    private final int name;
    private final byte version;
    private final int maxLength; // a longer length is damaged and must not be allocated

    Section(String name, int version, int maxLength) {
      this.name =
          ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII))
              .order(ByteOrder.LITTLE_ENDIAN)
              .getInt();
      this.version = (byte) version;
      this.maxLength = maxLength;
    }

    static @Nullable Section named(int name) {
      for (Section section : ALL) {
        if (section.name == name) {
          return section;
        }
      }
      return null;
    }
  }

  private final CRC32C crc = new CRC32C();
  private final int[] starts = new int[Section.ALL.length]; // of each section's content, or ABSENT
  private ByteBuffer scratch = ByteBuffer.allocate(0);

  /** Writes a state in one piece. */
  public void write(StreamState state, DataOutput target) throws IOException {
    int numLayers = state.lstm().numLayers();
    int hiddenSize = state.lstm().hiddenSize();
    int features = state.lastValues().length;
    int coreLength = CORE_PREFIX + Double.BYTES * features;
    int lstmLength = numLayers == 0 ? 0 : LSTM_PREFIX + 2 * Float.BYTES * numLayers * hiddenSize;
    int windowLength = Double.BYTES * state.window().length;
    int sections = 1 + (lstmLength > 0 ? 1 : 0) + (windowLength > 0 ? 1 : 0);
    int size =
        PREFIX + sections * SECTION_PREFIX + coreLength + lstmLength + windowLength + CHECKSUM;
    ByteBuffer bytes = grown(size).put(VERSION).put((byte) sections);
    begin(Section.CORE, coreLength);
    bytes
        .putLong(state.modelHash())
        .putLong(state.steps())
        .putLong(state.lastEventTime())
        .putLong(state.lastSequence())
        .putLong(state.reclaimTime())
        .putLong(state.history())
        .putShort((short) features);
    put(bytes, state.lastValues());
    if (lstmLength > 0) {
      begin(Section.LSTM, lstmLength);
      bytes.put((byte) numLayers).putShort((short) hiddenSize);
      for (int l = 0; l < numLayers; l++) {
        put(bytes, state.lstm().h(l));
        put(bytes, state.lstm().c(l));
      }
    }
    if (windowLength > 0) {
      begin(Section.WINDOW, windowLength);
      put(bytes, state.window());
    }
    bytes.putInt(checksum(bytes.position()));
    target.write(bytes.array(), 0, bytes.position());
  }

  private void begin(Section section, int length) {
    scratch.putInt(section.name).put(section.version).putInt(length);
  }

  /**
   * Reads a state.
   *
   * @throws IOException if the bytes are damaged, have another version or contain an unknown
   *     section
   */
  public StreamState read(DataInput source) throws IOException {
    try {
      source.readFully(grown(PREFIX).array(), 0, PREFIX);
      checkVersion(scratch.get(0));
      int end = PREFIX;
      Arrays.fill(starts, ABSENT);
      int sections = Byte.toUnsignedInt(scratch.get(1));
      for (int k = 0, next = 0; k < sections; k++) {
        source.readFully(grown(end + SECTION_PREFIX).array(), end, SECTION_PREFIX);
        Section section = section(end, next);
        int length = scratch.getInt(end + SECTION_PREFIX - Integer.BYTES);
        if (length < 0 || length > section.maxLength) {
          throw damaged(length + " bytes of section " + ascii(section.name));
        }
        end += SECTION_PREFIX;
        starts[section.ordinal()] = end;
        next = section.ordinal() + 1;
        source.readFully(grown(end + length).array(), end, length);
        end += length;
      }
      source.readFully(grown(end + CHECKSUM).array(), end, CHECKSUM);
      int expected = checksum(end);
      int actual = scratch.getInt(end);
      if (expected != actual) {
        throw damaged(
            "checksum " + Integer.toHexString(actual) + ", not " + Integer.toHexString(expected));
      }
      return state();
    } catch (EOFException e) {
      throw damaged("a premature end");
    }
  }

  private static void checkVersion(byte version) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "state of a stream: expected version "
              + VERSION
              + ", got "
              + version
              + "; it was written by another release, or is damaged");
    }
  }

  /**
   * The section that begins at a position of the scratch buffer.
   *
   * @param next the lowest ordinal allowed here
   */
  private Section section(int begin, int next) throws IOException {
    Section section = Section.named(scratch.getInt(begin));
    byte version = scratch.get(begin + Integer.BYTES);
    if (section == null
        || section.version != version
        || section.ordinal() < next
        || next == 0 && section != Section.CORE) {
      throw new IOException(
          "state of a stream: expected sections "
              + Arrays.stream(Section.ALL)
                  .map(known -> ascii(known.name) + " of version " + known.version)
                  .collect(Collectors.joining(", "))
              + " in this order, got "
              + ascii(scratch.getInt(begin))
              + " of version "
              + version
              + (next == 0 ? " first" : " after " + ascii(Section.ALL[next - 1].name))
              + "; it was written by another release, or is damaged");
    }
    return section;
  }

  /** A section's name, with ? for bytes that cannot be printed. */
  private static String ascii(int name) {
    StringBuilder letters = new StringBuilder();
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      char letter = (char) (name >>> shift & 0xff);
      letters.append(letter > ' ' && letter < 0x7f ? letter : '?');
    }
    return letters.toString();
  }

  /** Builds the state from the sections, whose checksum has been verified. */
  private StreamState state() throws IOException {
    int core = starts[Section.CORE.ordinal()];
    int lstm = starts[Section.LSTM.ordinal()];
    int window = starts[Section.WINDOW.ordinal()];
    if (core == ABSENT || lstm == ABSENT && window == ABSENT) {
      throw damaged("no section core, or neither lstm nor wind");
    }
    int features = features(core);
    int numLayers = lstm == ABSENT ? 0 : Byte.toUnsignedInt(scratch.get(lstm));
    int hiddenSize = lstm == ABSENT ? 0 : Short.toUnsignedInt(scratch.getShort(lstm + Byte.BYTES));
    int windowValues = window == ABSENT ? 0 : length(window) / Double.BYTES;
    if (lstm != ABSENT
            && (numLayers == 0
                || hiddenSize == 0
                || length(lstm) != LSTM_PREFIX + 2L * Float.BYTES * numLayers * hiddenSize)
        || window != ABSENT
            && (windowValues == 0
                || windowValues % features > 0
                || length(window) % Double.BYTES > 0)) {
      throw damaged("a section whose length contradicts its sizes");
    }
    StreamState state = new StreamState(numLayers, hiddenSize, features, windowValues / features);
    ByteBuffer bytes = scratch.position(core);
    long modelHash = bytes.getLong();
    state.set(bytes.getLong(), bytes.getLong(), bytes.getLong(), modelHash);
    state.setReclaimTime(bytes.getLong());
    state.setHistory(bytes.getLong());
    get(bytes.position(core + CORE_PREFIX), state.lastValues());
    if (lstm != ABSENT) {
      bytes.position(lstm + LSTM_PREFIX);
      for (int l = 0; l < numLayers; l++) {
        get(bytes, state.lstm().h(l));
        get(bytes, state.lstm().c(l));
      }
    }
    if (window != ABSENT) {
      get(bytes.position(window), state.window());
    }
    return state;
  }

  private int features(int core) throws IOException {
    if (length(core) < CORE_PREFIX) {
      throw damaged(length(core) + " bytes of section core");
    }
    int features = Short.toUnsignedInt(scratch.getShort(core + CORE_PREFIX - Short.BYTES));
    if (features == 0 || length(core) != CORE_PREFIX + Double.BYTES * features) {
      throw damaged("a section core whose length contradicts its " + features + " features");
    }
    return features;
  }

  private int length(int start) {
    return scratch.getInt(start - Integer.BYTES);
  }

  private static IOException damaged(String got) {
    return new IOException(
        "state of a stream: expected bytes that match their checksum, got "
            + got
            + "; the stored bytes are damaged, restore an older checkpoint or savepoint");
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

  private int checksum(int length) {
    crc.reset();
    crc.update(scratch.array(), 0, length);
    return (int) crc.getValue();
  }

  /** The scratch buffer with its content, room for {@code size} bytes, and its position at 0. */
  private ByteBuffer grown(int size) {
    if (scratch.capacity() < size) {
      scratch =
          ByteBuffer.wrap(Arrays.copyOf(scratch.array(), size)).order(ByteOrder.LITTLE_ENDIAN);
    }
    return scratch.clear();
  }
}
