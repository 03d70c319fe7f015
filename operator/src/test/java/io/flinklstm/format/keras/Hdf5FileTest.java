package io.flinklstm.format.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hdf5FileTest {

  private static final int ROOT = 96; // where the root's header begins, after the superblock
  private static final int GROUP = 208; // bytes of a group

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k_l1_h16_i3/legacy.h5",
        "k_l1_h16_i3/model.weights.h5",
        "keras2/model.h5",
        "keras2-weights/weights.h5"
      })
  void readsWhatAnotherReaderReads(String name) {
    byte[] bytes = KerasFiles.resource(name);
    Hdf5File file = Hdf5File.read(bytes, name);
    try (HdfFile other = HdfFile.fromBytes(bytes)) {
      for (Map.Entry<String, Hdf5Object> entry : file.objects().entrySet()) {
        String path = entry.getKey();
        Node node = path.isEmpty() ? other : other.getByPath(path);
        assertThat(entry.getValue().isDataset()).isEqualTo(node instanceof Dataset);
        if (node instanceof Dataset dataset) {
          Tensor tensor = entry.getValue().tensor();
          assertThat(tensor.shape())
              .containsExactly(
                  Arrays.stream(dataset.getDimensionsAsLong()).boxed().toArray(Long[]::new));
          assertThat(tensor.toFloats()).isEqualTo(dataset.getDataFlat());
        }
        for (String attribute : List.of("layer_names", "weight_names", "keras_version", "name")) {
          assertThat(entry.getValue().strings(attribute)).isEqualTo(strings(node, attribute));
        }
      }
    }
  }

  private static List<String> strings(Node node, String attribute) {
    if (node.getAttribute(attribute) == null) {
      return null;
    }
    Object data = node.getAttribute(attribute).getData();
    if (data instanceof String text) {
      return List.of(text);
    }
    return data instanceof String[] texts ? List.of(texts) : List.of();
  }

  @Test
  void aFileThatEndsTooEarlyIsRefused() {
    byte[] file = KerasFiles.resource("keras2/model.h5");
    refused(Arrays.copyOf(file, file.length - 1), "expected " + file.length + " bytes, got");
    refused(Arrays.copyOf(file, 50), "addresses within its 50 bytes, got 96 bytes at 0");
  }

  @Test
  void aHeaderThatContinuesInItselfIsRefused() {
    // One message: the header continues where it begins.
    refused(file(header(1, message(16, ROOT + 16, 24))), "got pieces that are used again");
  }

  @Test
  void aGroupWithinItselfIsRefused() {
    refused(file(group(ROOT, ROOT, ROOT)), "expected groups in groups up to depth 32, got a/a/a");
  }

  @Test
  void groupsWhosePathsDoubleWithEveryStepAreRefused() {
    ByteBuffer groups = ByteBuffer.allocate(30 * GROUP + 16);
    for (int level = 0; level < 30; level++) {
      int next = ROOT + (level + 1) * GROUP;
      groups.put(group(ROOT + level * GROUP, next, next));
    }
    groups.put(header(0, new byte[0]));
    refused(file(groups.array()), "got pieces that are used again");
  }

  /** A group with children a and b that begins at an offset in the file. */
  private static byte[] group(int begin, long a, long b) {
    int tree = begin + 16 + 24;
    int heap = tree + 24 + 16;
    int names = heap + 32;
    int symbols = names + 8;
    return ByteBuffer.allocate(GROUP)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(header(1, message(17, tree, heap)))
        .put(ascii("TREE\0\0\1\0"))
        .putLong(-1)
        .putLong(-1)
        .putLong(0)
        .putLong(symbols)
        .put(ascii("HEAP\0\0\0\0"))
        .putLong(8)
        .putLong(-1)
        .putLong(names)
        .put(ascii("a\0b\0\0\0\0\0"))
        .put(ascii("SNOD\1\0\2\0"))
        .put(symbol(0, a))
        .put(symbol(2, b))
        .array();
  }

  private static byte[] symbol(long name, long header) {
    return ByteBuffer.allocate(40)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(name)
        .putLong(header)
        .array();
  }

  @Test
  void aTreeWithinItselfIsRefused() {
    int tree = ROOT + 16 + 24;
    int heap = tree + 24 + 32;
    ByteBuffer group = ByteBuffer.allocate(heap + 48 - ROOT).order(ByteOrder.LITTLE_ENDIAN);
    group.put(header(1, message(17, tree, heap)));
    group.put(ascii("TREE")).put(new byte[] {0, 9, 2, 0}).putLong(-1).putLong(-1);
    group.putLong(0).putLong(tree).putLong(0).putLong(tree);
    group.put(ascii("HEAP")).putInt(0).putLong(16).putLong(-1).putLong(heap + 32);
    refused(file(group.array()), "expected level of the B-tree of / to be 8, got 9");
  }

  @Test
  void aHeaderOfVeryManyMessagesIsRefused() {
    byte[] messages = new byte[8 * 1001]; // of type 0 and size 0
    refused(file(header(1001, messages)), "expected at most 1000 messages");
  }

  @Test
  void anAttributeInVeryManyPartsIsReadInOnePass() {
    String name = "n".repeat(10_000);
    ByteBuffer parts = ByteBuffer.allocate(1000 * attribute(name + 999, 0).length);
    for (int k = 0; k < 1000; k++) {
      parts.put(attribute(name + k, k < 999 ? 0 : 1));
    }
    byte[] messages = Arrays.copyOf(parts.array(), parts.position());
    Hdf5File file = Hdf5File.read(file(header(1000, messages)), "m.h5");
    inTwoSeconds(() -> assertThat(new KerasWeights(file).text(name)).isEqualTo("the text"));
  }

  /** An attribute message that holds "the text" count times. */
  private static byte[] attribute(String name, int count) {
    int size = 9 + name.length() + 8 + 12 + 8;
    return ByteBuffer.allocate(8 + size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) 12)
        .putShort((short) size)
        .putInt(0)
        .put(new byte[] {3, 0})
        .putShort((short) name.length())
        .putShort((short) 8)
        .putShort((short) 12)
        .put((byte) 0)
        .put(ascii(name))
        .put(new byte[] {0x13, 0, 0, 0, 8, 0, 0, 0}) // strings of 8 bytes
        .put(new byte[] {2, 1, 0, 1}) // of one dimension
        .putLong(count)
        .put(ascii("the text"))
        .array();
  }

  private static byte[] header(int count, byte[] messages) {
    return ByteBuffer.allocate(16 + messages.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) 1)
        .putShort((short) count)
        .putInt(1)
        .putInt(messages.length)
        .putInt(0)
        .put(messages)
        .array();
  }

  private static byte[] message(int type, long first, long second) {
    return ByteBuffer.allocate(24)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) type)
        .putShort((short) 16)
        .putInt(0)
        .putLong(first)
        .putLong(second)
        .array();
  }

  /** A file of a superblock and what follows it. */
  private static byte[] file(byte[] rest) {
    ByteBuffer file = ByteBuffer.allocate(ROOT + rest.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(KerasFiles.resource("hdf5/plain.h5"), 0, ROOT);
    file.put(rest);
    file.putLong(40, file.limit());
    file.putLong(64, ROOT);
    return file.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void refused(byte[] file, String part) {
    inTwoSeconds(
        () ->
            assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> Hdf5File.read(file, "m.h5"))
                .withMessageContainingAll("m.h5", part));
  }

  /** Two seconds of CPU time, because the machine may be busy; a timeout stops what never ends. */
  private static void inTwoSeconds(Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          long nanos = threads.getCurrentThreadCpuTime();
          work.run();
          nanos = threads.getCurrentThreadCpuTime() - nanos;
          assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(2));
        });
  }
}
