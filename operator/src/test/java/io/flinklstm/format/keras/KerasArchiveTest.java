package io.flinklstm.format.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flinklstm.format.weights.ModelFileException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KerasArchiveTest {

  private static final String GOLDEN = "k_l1_h16_i3/model.keras";

  private final Map<String, byte[]> entries = KerasFiles.unzipped(KerasFiles.resource(GOLDEN));

  @Test
  void entriesMayBeDeflatedAndHaveCompany() {
    entries.put("assets/notes.txt", new byte[100]);
    assertThat(KerasFiles.open(KerasFiles.zipped(entries), "m.keras", null).format())
        .isEqualTo("Keras 3.15.1 (.keras)");
  }

  @Test
  void missingEntriesAreNamed() {
    for (String name : entries.keySet()) {
      Map<String, byte[]> others = new LinkedHashMap<>(entries);
      others.remove(name);
      refused(KerasFiles.zipped(others), "expected an entry " + name);
    }
  }

  @Test
  void anEntryThatIsThereTwiceIsRefused() {
    // Names of equal length, so that one can be written over the other.
    byte[] config = entries.get("config.json");
    entries.put("konfig.json", config);
    byte[] file = KerasFiles.zipped(entries);
    byte[] name = "konfig.json".getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at < file.length - name.length; at++) {
      if (Arrays.equals(file, at, at + name.length, name, 0, name.length)) {
        file[at] = 'c';
      }
    }
    refused(file, "expected one config.json, got two");
  }

  @Test
  void archivesThatGrowWithoutMeasureAreRefused() {
    entries.put("assets/zeros", new byte[30 << 20]);
    refused(KerasFiles.zipped(entries), "expected at most", "bytes when it is unpacked, got more");
    entries.remove("assets/zeros");
    entries.put("config.json", new byte[30 << 20]);
    refused(KerasFiles.zipped(entries), "expected at most", "bytes when it is unpacked, got more");
  }

  @Test
  void archivesOfVeryManyEntriesAreRefused() {
    for (int k = 0; k < 1000; k++) {
      entries.put("assets/" + k, new byte[0]);
    }
    refused(KerasFiles.zipped(entries), "expected at most 1000 entries");
  }

  @Test
  void aFileThatEndsTooEarlyIsRefused() {
    byte[] file = KerasFiles.resource(GOLDEN);
    refused(Arrays.copyOf(file, 2000), "expected", "got");
    refused(Arrays.copyOf(file, 20_000), "expected a whole zip archive, got:");
  }

  @Test
  void zipArchivesOfOthersAreTakenForThoseOfTorch() {
    byte[] file = KerasFiles.zipped(Map.of("archive/data.pkl", new byte[10]));
    refused(file, "expected a safetensors, ONNX or Keras file", "torch.save");
  }

  private static void refused(byte[] file, String... parts) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> KerasFiles.open(file, "m.keras", null))
        .withMessageContaining("m.keras")
        .withMessageContainingAll(parts);
  }
}
