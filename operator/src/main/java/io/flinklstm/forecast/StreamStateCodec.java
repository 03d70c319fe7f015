package io.flinklstm.forecast;

import io.flinklstm.model.LstmConfig;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The bytes of a {@link StreamState}: a version first, sections, a checksum last. It knows no
 * engine; whoever stores states wraps it.
 *
 * <p>Version 2, little-endian, sizes in bytes:
 *
 * <pre>
 *   1  version
 *   1  number of sections
 *      each section, in the order of the table below:
 *        4  name, ASCII
 *        1  version of the section
 *        4  length of what follows
 *        ...
 *   4  CRC32C of all before
 * </pre>
 *
 * <table>
 *   <caption>Sections; one that has nothing to say is absent</caption>
 *   <tr><th>name</th><th>version</th><th>there if</th><th>content</th></tr>
 *   <tr><td>core</td><td>1</td><td>always</td><td>8 model hash, 8 steps, 8 last event time, 8 last
 *       sequence, 8 reclaim time, 8 for a running hash of what was applied (0 until there is one),
 *       2 number of features, 8 * features last values</td></tr>
 *   <tr><td>lstm</td><td>1</td><td>context carry</td><td>1 numLayers, 2 hiddenSize, for each layer
 *       4 * hiddenSize h and as much c</td></tr>
 *   <tr><td>wind</td><td>1</td><td>context window</td><td>8 * windowLength * features, the ring of
 *       inputs</td></tr>
 * </table>
 *
 * <p>The sizes are in the bytes, so the state of a model of other sizes can be read too, if only to
 * find that it belongs to another model. A section of another name or version is refused: what it
 * says must not get lost. Owns a scratch buffer: not thread-safe.
 */
public final class StreamStateCodec {

  private static final byte VERSION = 2;
  private static final byte SECTION_VERSION = 1;
  private static final int CORE = name("core");
  private static final int LSTM = name("lstm");
  private static final int WINDOW = name("wind");

  private static final int PREFIX = 2; // version, number of sections
  private static final int SECTION_PREFIX = 9; // name, version, length
  private static final int CORE_PREFIX = 6 * Long.BYTES + Short.BYTES;
  private static final int LSTM_PREFIX = Byte.BYTES + Short.BYTES;
  private static final int CHECKSUM = Integer.BYTES;

  private final CRC32C crc = new CRC32C();
  private ByteBuffer scratch = ByteBuffer.allocate(0);

  private static int name(String ascii) {
    return ByteBuffer.wrap(ascii.getBytes(StandardCharsets.US_ASCII))
        .order(ByteOrder.LITTLE_ENDIAN)
        .getInt();
  }

  /** Writes a state, in one piece. */
  public void write(StreamState state, DataOutput target) throws IOException {
    int numLayers = state.lstm().numLayers();
    int hiddenSize = state.lstm().hiddenSize();
    int coreLength = CORE_PREFIX + Double.BYTES * state.lastValues().length;
    int lstmLength = LSTM_PREFIX + 2 * Float.BYTES * numLayers * hiddenSize;
    int windowLength = Double.BYTES * state.window().length;
    boolean hasLstm = numLayers > 0;
    boolean hasWindow = windowLength > 0;
    ByteBuffer bytes =
        scratch(
            PREFIX
                + SECTION_PREFIX
                + coreLength
                + (hasLstm ? SECTION_PREFIX + lstmLength : 0)
                + (hasWindow ? SECTION_PREFIX + windowLength : 0)
                + CHECKSUM);
    bytes.put(VERSION).put((byte) (1 + (hasLstm ? 1 : 0) + (hasWindow ? 1 : 0)));
    putSection(bytes, CORE, coreLength);
    bytes
        .putLong(state.modelHash())
        .putLong(state.steps())
        .putLong(state.lastEventTime())
        .putLong(state.lastSequence())
        .putLong(state.reclaimTime())
        .putLong(0)
        .putShort((short) state.lastValues().length);
    put(bytes, state.lastValues());
    if (hasLstm) {
      putSection(bytes, LSTM, lstmLength);
      bytes.put((byte) numLayers).putShort((short) hiddenSize);
      for (int l = 0; l < numLayers; l++) {
        put(bytes, state.lstm().h(l));
        put(bytes, state.lstm().c(l));
      }
    }
    if (hasWindow) {
      putSection(bytes, WINDOW, windowLength);
      put(bytes, state.window());
    }
    bytes.putInt(checksum(bytes.position()));
    target.write(bytes.array(), 0, bytes.position());
  }

  /**
   * Reads a state.
   *
   * @throws IOException if the bytes are damaged, or of a version or with a section that is unknown
   */
  public StreamState read(DataInput source) throws IOException {
    ByteBuffer bytes = scratch(PREFIX);
    try {
      source.readFully(bytes.array(), 0, PREFIX);
      byte version = bytes.get();
      if (version != VERSION) {
        throw new IOException(
            "state of a stream: expected version "
                + VERSION
                + ", got "
                + version
                + "; it was written by another release, or is damaged");
      }
      int sections = bytes.get();
      int core = 0;
      int lstm = 0;
      int window = 0;
      int before = 0;
      int end = PREFIX;
      for (int k = 0; k < sections; k++) {
        source.readFully(grown(end + SECTION_PREFIX).array(), end, SECTION_PREFIX);
        int name = scratch.getInt(end);
        checkSection(name, before, scratch.get(end + SECTION_PREFIX - Integer.BYTES - 1));
        before = name;
        int length = scratch.getInt(end + SECTION_PREFIX - Integer.BYTES);
        if (length < 0 || length > max(name)) {
          throw damaged(length + " bytes of section " + ascii(name));
        }
        end += SECTION_PREFIX;
        core = name == CORE ? end : core;
        lstm = name == LSTM ? end : lstm;
        window = name == WINDOW ? end : window;
        source.readFully(grown(end + length).array(), end, length);
        end += length;
      }
      source.readFully(grown(end + CHECKSUM).array(), end, CHECKSUM);
      int expected = checksum(end);
      int actual = scratch.getInt(end);
      if (expected != actual || core == 0) {
        throw damaged(
            "checksum " + Integer.toHexString(actual) + " over " + Integer.toHexString(expected));
      }
      return state(core, lstm, window);
    } catch (EOFException e) {
      throw damaged("an early end");
    }
  }

  /**
   * @param before name of the section before, or 0 for none
   */
  private static void checkSection(int name, int before, byte version) throws IOException {
    boolean isInPlace =
        before == 0
            ? name == CORE
            : name == LSTM && before == CORE || name == WINDOW && before != WINDOW;
    if (!isInPlace || version != SECTION_VERSION) {
      throw new IOException(
          "state of a stream: expected sections core, lstm, wind of version "
              + SECTION_VERSION
              + ", got "
              + ascii(name)
              + " of version "
              + version
              + (before == 0 ? " at the start" : " after " + ascii(before))
              + "; it was written by another release, or is damaged");
    }
  }

  /** The most bytes of a section: a damaged length must not lead to a huge allocation. */
  private static long max(int name) {
    return name == CORE
        ? CORE_PREFIX + (long) Double.BYTES * LstmConfig.MAX_SIZE
        : name == LSTM
            ? LSTM_PREFIX + 2L * Float.BYTES * LstmConfig.MAX_LAYERS * LstmConfig.MAX_SIZE
            : (long) Double.BYTES * ModelCard.MAX_WINDOW_VALUES;
  }

  /** Letters that can be printed. */
  private static String ascii(int name) {
    StringBuilder letters = new StringBuilder();
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      char letter = (char) (name >>> shift & 0xff);
      letters.append(letter > ' ' && letter < 0x7f ? letter : '?');
    }
    return letters.toString();
  }

  /**
   * What the sections say, which the checksum has confirmed.
   *
   * @param core where the section's content begins; 0 for a section that is absent
   */
  private StreamState state(int core, int lstm, int window) throws IOException {
    int features = Short.toUnsignedInt(scratch.getShort(core + CORE_PREFIX - Short.BYTES));
    int numLayers = lstm == 0 ? 0 : scratch.get(lstm);
    int hiddenSize = lstm == 0 ? 0 : Short.toUnsignedInt(scratch.getShort(lstm + Byte.BYTES));
    int windowValues = window == 0 ? 0 : length(window) / Double.BYTES;
    if (features == 0
        || length(core) != CORE_PREFIX + Double.BYTES * features
        || lstm > 0 && length(lstm) != LSTM_PREFIX + 2 * Float.BYTES * numLayers * hiddenSize
        || windowValues % features > 0) {
      throw damaged("sections whose lengths contradict their sizes");
    }
    StreamState state = new StreamState(numLayers, hiddenSize, features, windowValues / features);
    ByteBuffer bytes = scratch.position(core);
    long modelHash = bytes.getLong();
    state.set(bytes.getLong(), bytes.getLong(), bytes.getLong(), modelHash);
    state.setReclaimTime(bytes.getLong());
    get(bytes.position(core + CORE_PREFIX), state.lastValues());
    if (lstm > 0) {
      bytes.position(lstm + LSTM_PREFIX);
      for (int l = 0; l < numLayers; l++) {
        get(bytes, state.lstm().h(l));
        get(bytes, state.lstm().c(l));
      }
    }
    if (window > 0) {
      get(bytes.position(window), state.window());
    }
    return state;
  }

  private int length(int section) {
    return scratch.getInt(section - Integer.BYTES);
  }

  private static IOException damaged(String got) {
    return new IOException(
        "state of a stream: expected bytes that match their checksum, got "
            + got
            + "; what it was read from is damaged, restore an older checkpoint or savepoint");
  }

  private static void putSection(ByteBuffer bytes, int name, int length) {
    bytes.putInt(name).put(SECTION_VERSION).putInt(length);
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

  /** The scratch buffer, empty, with room for so many bytes. */
  private ByteBuffer scratch(int size) {
    if (scratch.capacity() < size) {
      scratch = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
    return scratch.clear();
  }

  /** The scratch buffer with what is in it and room for so many bytes in all. */
  private ByteBuffer grown(int size) {
    if (scratch.capacity() < size) {
      scratch = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(scratch.array());
    }
    return scratch.clear();
  }
}
