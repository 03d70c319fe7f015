package io.flinklstm.format.pytorch;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.testing.MutationRun;
import io.flinklstm.testing.Mutations;
import io.flinklstm.testing.SafetensorsBytes;
import io.flinklstm.testing.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Safetensors files with damaged bytes, header or card load or are refused with a message. */
class MutatedSafetensorsTest {

  private static final List<String> TOKENS =
      List.of(
          "\"F16\"",
          "\"BF16\"",
          "\"U8\"",
          "\"__metadata__\"",
          "\"lstm.weight_ih_l0\"",
          "\"lstm.weight_hh_l9999\"",
          "\"weight\"");

  private static final ForecastModel MODEL =
      TestModels.model(
          TestModels.card(
              1, List.of(TestModels.feature("r", "mean(a, b)", Transform.LOG_RETURN, 0, 1))),
          1,
          1,
          1);

  private static final byte[] CARD =
      ModelCardJson.write(MODEL.card()).getBytes(StandardCharsets.UTF_8);

  private final byte[] withCard = ModelFiles.write(MODEL);
  private final byte[] withoutCard =
      new Safetensors(Map.of(), PyTorchWeights.tensors(MODEL.weights(), null)).write();

  @Test
  void damagedFilesAreRefusedInWordsOrLoad() {
    MutationRun.of("safetensors", "m.safetensors", this::damaged, this::read).assertBothOutcomes();
  }

  private byte[] damaged(Random random) {
    return random.nextInt(4) == 0
        ? withOtherTokens(withCard, random)
        : Mutations.ofBytes(random.nextBoolean() ? withCard : withoutCard, random);
  }

  private void read(byte[] file) {
    ModelFile opened = ModelFiles.open(file, "m.safetensors");
    ForecastModel model =
        opened.card() == null
            ? opened.model(ModelCardJson.read(CARD, "card.json"))
            : opened.model();
    model.id();
  }

  /** Replaces numbers and strings in the header and keeps its length correct. */
  private static byte[] withOtherTokens(byte[] original, Random random) {
    int length =
        Math.toIntExact(ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    String header = new String(original, 8, length, StandardCharsets.UTF_8);
    // The card is a string within the header; with its quotes unescaped it can be damaged too.
    String card = header.replace("\\\"", "\u0001");
    boolean inCard = random.nextBoolean();
    String text = inCard ? card.replace('"', '\u0002').replace('\u0001', '"') : header;
    text = Mutations.ofJson(text, TOKENS, random);
    if (inCard) {
      text = text.replace("\"", "\\\"").replace('\u0002', '"');
    }
    byte[] data = Arrays.copyOfRange(original, 8 + length, original.length);
    return SafetensorsBytes.of(text, data);
  }
}
