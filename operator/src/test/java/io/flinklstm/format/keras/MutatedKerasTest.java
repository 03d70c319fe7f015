package io.flinklstm.format.keras;

import io.flinklstm.testing.MutationRun;
import io.flinklstm.testing.Mutations;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keras files of all forms with damaged bytes or config load or are refused with a message. */
class MutatedKerasTest {

  private static final List<String> TOKENS =
      List.of(
          "\"LSTM\"",
          "\"Dense\"",
          "\"lstm\"",
          "\"dense\"",
          "\"config\"",
          "\"name\"",
          "\"layers\"",
          "\"Sequential\"");

  private final byte[] config = KerasFiles.resource("k_l1_h16_i3/config.json");
  private final List<byte[]> archives =
      files(
          "k_l1_h16_i3/model.keras",
          "stacked/model.keras",
          "swapped/model.keras",
          "keras2-archive/model.keras");
  private final List<byte[]> legacy = files("k_l1_h16_i3/legacy.h5", "keras2/model.h5");
  private final List<byte[]> weights =
      files(
          "k_l1_h16_i3/model.weights.h5",
          "keras2-weights/weights.h5",
          "hdf5/plain.h5",
          "hdf5/chunked.h5");

  private static List<byte[]> files(String... names) {
    return Stream.of(names).map(KerasFiles::resource).toList();
  }

  /** A file, and the config that is given with it, or null. */
  private record Input(byte[] file, byte[] config) {}

  @Test
  void damagedFilesAreRefusedInWordsOrLoad() {
    MutationRun.of(
            "Keras",
            "m.keras",
            this::damaged,
            input -> KerasFiles.open(input.file, "m.keras", input.config))
        .assertBothOutcomes();
  }

  private Input damaged(Random random) {
    byte[] archive = archives.get(random.nextInt(archives.size()));
    byte[] someWeights = weights.get(random.nextInt(weights.size()));
    return switch (random.nextInt(6)) {
      case 0 -> new Input(Mutations.ofBytes(archive, random), null);
      case 1 -> new Input(withDamagedEntry(archive, KerasArchive.CONFIG, random), null);
      case 2 -> new Input(withDamagedEntry(archive, KerasArchive.WEIGHTS, random), null);
      case 3 ->
          new Input(Mutations.ofBytes(legacy.get(random.nextInt(legacy.size())), random), null);
      case 4 -> new Input(Mutations.ofBytes(someWeights, random), config);
      default -> new Input(someWeights, damagedConfig(config, random));
    };
  }

  private static byte[] withDamagedEntry(byte[] archive, String name, Random random) {
    Map<String, byte[]> entries = new LinkedHashMap<>(KerasFiles.unzipped(archive));
    entries.computeIfPresent(
        name,
        (key, content) ->
            name.equals(KerasArchive.CONFIG)
                ? damagedConfig(content, random)
                : Mutations.ofBytes(content, random));
    return KerasFiles.zipped(entries);
  }

  private static byte[] damagedConfig(byte[] json, Random random) {
    if (random.nextInt(8) == 0) {
      return Mutations.ofBytes(json, random);
    }
    return Mutations.ofJson(new String(json, StandardCharsets.UTF_8), TOKENS, random)
        .getBytes(StandardCharsets.UTF_8);
  }
}
