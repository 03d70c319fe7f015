package io.flinklstm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Keras files damaged at random are refused in words or load, each within a second. {@code
 * -Dfuzz.seconds=N} sets how long they are made, {@code -Dfuzz.seed=N} which.
 */
class MutatedKerasTest {

  private static final long SECONDS = Long.getLong("fuzz.seconds", 20);
  private static final long SEED = Long.getLong("fuzz.seed", 20241202);
  private static final long SLOW = 1_000_000_000; // ns

  private static final List<String> ARCHIVES =
      List.of(
          "k_l1_h16_i3/model.keras",
          "stacked/model.keras",
          "swapped/model.keras",
          "keras2-archive/model.keras");
  private static final List<String> LEGACY =
      List.of("k_l1_h16_i3/legacy.h5", "keras2/model.h5", "keras2-weights/weights.h5");
  private static final List<String> WEIGHTS =
      List.of("k_l1_h16_i3/model.weights.h5", "hdf5/plain.h5", "hdf5/chunked.h5");

  private static final Pattern TOKEN = Pattern.compile("-?\\d+(\\.\\d+)?|\"[^\"\\\\]*\"|null|true");

  private static final List<String> TOKENS =
      List.of(
          "-1",
          "0",
          "1",
          "2",
          "16",
          "2147483648",
          "9223372036854775808",
          "1e3",
          "1e999",
          "NaN",
          "null",
          "true",
          "false",
          "[]",
          "{}",
          "[[[]]]",
          "\"\"",
          "\"LSTM\"",
          "\"Dense\"",
          "\"lstm\"",
          "\"dense\"",
          "\"config\"",
          "\"name\"",
          "\"layers\"",
          "\"Sequential\"");

  private final Random random = new Random(SEED);
  private final byte[] config = KerasFiles.resource("k_l1_h16_i3/config.json");
  private int loaded;
  private int refused;

  @Test
  void damagedFilesAreRefusedInWordsOrLoad() {
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    List<byte[]> archives = ARCHIVES.stream().map(KerasFiles::resource).toList();
    List<byte[]> legacy = LEGACY.stream().map(KerasFiles::resource).toList();
    List<byte[]> weights = WEIGHTS.stream().map(KerasFiles::resource).toList();
    while (System.nanoTime() < end) {
      byte[] archive = any(archives);
      open(mutated(archive), null);
      open(withMutatedEntry(archive, KerasArchive.CONFIG), null);
      open(withMutatedEntry(archive, KerasArchive.WEIGHTS), null);
      open(mutated(any(legacy)), config);
      open(mutated(any(weights)), config);
      open(any(weights), mutatedText(config));
    }
    // A flipped bit of a weight or a number of no effect does no harm; most of the rest does.
    assertThat(loaded).isBetween(refused / 20, refused * 20);
  }

  private void open(byte[] file, byte[] givenConfig) {
    long begin = System.nanoTime();
    try {
      KerasFiles.open(file, "m.keras", givenConfig);
      loaded++;
    } catch (ModelFileException e) {
      refused++;
      if (!e.getMessage().contains("m.keras") || !e.getMessage().contains("expected")) {
        fail("message does not say enough: " + e.getMessage());
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      fail("file " + HexFormat.of().formatHex(file) + " config " + text(givenConfig), e);
    }
    if (System.nanoTime() - begin > SLOW) {
      fail("slow: file " + HexFormat.of().formatHex(file) + " config " + text(givenConfig));
    }
  }

  private static String text(byte[] config) {
    return config == null ? "none" : new String(config, StandardCharsets.UTF_8);
  }

  private byte[] any(List<byte[]> files) {
    return files.get(random.nextInt(files.size()));
  }

  private byte[] withMutatedEntry(byte[] archive, String name) {
    Map<String, byte[]> entries = new LinkedHashMap<>(KerasFiles.unzipped(archive));
    entries.computeIfPresent(
        name,
        (key, content) ->
            name.equals(KerasArchive.CONFIG) ? mutatedText(content) : mutated(content));
    return KerasFiles.zipped(entries);
  }

  private byte[] mutated(byte[] original) {
    byte[] file = original.clone();
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(file.length);
      switch (random.nextInt(7)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> file = random.nextInt(8) > 0 ? file : Arrays.copyOf(file, at + 1);
        case 3 -> file = splice(file, at, 1 + random.nextInt(64));
        case 4 -> putAddress(file, at & ~7, random.nextInt(file.length) & ~7);
        case 5 -> putAddress(file, at & ~7, random.nextLong() >>> random.nextInt(64));
        default -> copyNumber(file);
      }
    }
    return file;
  }

  /** Copies a piece of the file elsewhere, over what stands there. */
  private byte[] splice(byte[] file, int from, int length) {
    byte[] result = file.clone();
    int size = Math.min(length, file.length - from);
    System.arraycopy(file, from, result, random.nextInt(file.length - size + 1), size);
    return result;
  }

  private static void putAddress(byte[] file, int at, long address) {
    for (int k = 0; k < 8 && at + k < file.length; k++) {
      file[at + k] = (byte) (address >>> (8 * k));
    }
  }

  /** Exchanges one number of 8 bytes that is no larger than the file for another such number. */
  private void copyNumber(byte[] file) {
    List<Integer> numbers = new ArrayList<>();
    for (int at = 0; at + 8 <= file.length; at += 8) {
      long number = number(file, at);
      if (number > 0 && number < file.length) {
        numbers.add(at);
      }
    }
    if (!numbers.isEmpty()) {
      int from = numbers.get(random.nextInt(numbers.size()));
      putAddress(file, numbers.get(random.nextInt(numbers.size())), number(file, from));
    }
  }

  private static long number(byte[] file, int at) {
    long number = 0;
    for (int k = 7; k >= 0; k--) {
      number = number << 8 | file[at + k] & 0xff;
    }
    return number;
  }

  /** Exchanges numbers and strings of a JSON text, or moves a piece of it. */
  private byte[] mutatedText(byte[] json) {
    if (random.nextInt(8) == 0) {
      return splice(json, random.nextInt(json.length), 1 + random.nextInt(400));
    }
    String text = new String(json, StandardCharsets.UTF_8);
    for (int change = random.nextInt(3); change >= 0; change--) {
      List<int[]> tokens = new ArrayList<>();
      for (Matcher token = TOKEN.matcher(text); token.find(); ) {
        tokens.add(new int[] {token.start(), token.end()});
      }
      int[] token = tokens.get(random.nextInt(tokens.size()));
      String other = TOKENS.get(random.nextInt(TOKENS.size()));
      if (random.nextBoolean()) {
        int[] from = tokens.get(random.nextInt(tokens.size()));
        other = text.substring(from[0], from[1]);
      }
      text = text.substring(0, token[0]) + other + text.substring(token[1]);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
