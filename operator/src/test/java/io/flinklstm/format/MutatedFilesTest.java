package io.flinklstm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Transform;
import io.flinklstm.testing.SafetensorsBytes;
import io.flinklstm.testing.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Model files damaged at random are refused in words or load; nothing else ever happens. */
class MutatedFilesTest {

  private static final int FILES = 200_000;

  private static final Pattern TOKEN = Pattern.compile("-?\\d+(\\.\\d+)?|\"[^\"\\\\]*\"");

  private static final List<String> TOKENS =
      List.of(
          "-1",
          "0",
          "1",
          "2",
          "4",
          "2147483648",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "1e3",
          "1e999",
          "0.5",
          "null",
          "true",
          "[]",
          "{}",
          "[[[]]]",
          "\"\"",
          "\"F16\"",
          "\"BF16\"",
          "\"U8\"",
          "\"a\"",
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

  @Test
  void filesWithOtherBytesAreRefusedInWordsOrLoad() {
    byte[] withoutCard =
        new Safetensors(Map.of(), PyTorchWeights.tensors(MODEL.weights(), null)).write();
    Random random = new Random(20240607);
    int refused = 0;
    for (int k = 0; k < FILES * 3 / 4; k++) {
      byte[] file = withOtherBytes(withoutCard, random);
      refused += isRefused(file, () -> ModelFiles.read(file, "m.safetensors", CARD, "card.json"));
    }
    // Flipped bits of the weights do no harm; most of what is left does.
    assertThat(refused).isBetween(FILES / 4, FILES * 3 / 4 - FILES / 100);
  }

  @Test
  void headersAndCardsWithOtherTokensAreRefusedInWordsOrLoad() {
    byte[] withCard = ModelFiles.write(MODEL);
    Random random = new Random(20240608);
    int refused = 0;
    for (int k = 0; k < FILES / 4; k++) {
      byte[] file = withOtherTokens(withCard, random);
      refused += isRefused(file, () -> ModelFiles.read(file, "m.safetensors"));
    }
    assertThat(refused).isBetween(FILES / 16, FILES / 4 - FILES / 1000);
  }

  /** 1 if the file is refused, 0 if it loads. */
  private static int isRefused(byte[] file, Supplier<ForecastModel> reading) {
    try {
      reading.get().id();
      return 0;
    } catch (ModelFileException e) {
      if (!e.getMessage().contains("m.safetensors") || !e.getMessage().contains("expected")) {
        fail("message does not say enough: " + e.getMessage());
      }
      return 1;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return fail("file " + HexFormat.of().formatHex(file), e);
    }
  }

  private static byte[] withOtherBytes(byte[] original, Random random) {
    byte[] file = original.clone();
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(file.length);
      switch (random.nextInt(6)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> file = Arrays.copyOf(file, Math.max(1, at));
        case 3 -> file = Arrays.copyOf(file, file.length + 1 + random.nextInt(16));
        case 4 -> file[random.nextInt(8)] = (byte) random.nextInt();
        default -> file = splice(file, at, at + random.nextInt(file.length - at), random);
      }
      if (file.length < 8) {
        return file;
      }
    }
    return file;
  }

  /** Moves a piece of the file elsewhere, over what stands there. */
  private static byte[] splice(byte[] file, int from, int to, Random random) {
    byte[] result = file.clone();
    int length = Math.min(to - from, 12);
    System.arraycopy(file, from, result, random.nextInt(file.length - length + 1), length);
    return result;
  }

  /** Exchanges numbers and strings of the header and keeps its length true. */
  private static byte[] withOtherTokens(byte[] original, Random random) {
    int length =
        Math.toIntExact(ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    String header = new String(original, 8, length, StandardCharsets.UTF_8);
    // The card is a string within the header; without its quotes' escapes it can be mutated too.
    String card = header.replace("\\\"", "\u0001");
    boolean inCard = random.nextBoolean();
    String text = inCard ? card.replace('"', '\u0002').replace('\u0001', '"') : header;
    for (int change = random.nextInt(2); change >= 0; change--) {
      text = exchange(text, random);
    }
    if (inCard) {
      text = text.replace("\"", "\\\"").replace('\u0002', '"');
    }
    byte[] data = Arrays.copyOfRange(original, 8 + length, original.length);
    return SafetensorsBytes.of(text, data);
  }

  private static String exchange(String text, Random random) {
    Matcher token = TOKEN.matcher(text);
    int count = (int) token.results().count();
    token.reset();
    for (int skip = random.nextInt(count); skip >= 0; skip--) {
      token.find();
    }
    return text.substring(0, token.start())
        + TOKENS.get(random.nextInt(TOKENS.size()))
        + text.substring(token.end());
  }
}
