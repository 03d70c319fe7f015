package io.flinklstm.local.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small model files, with and without a card, with and without something that does not belong. */
public final class LocalModels {

  private LocalModels() {}

  /** Two layers of four over two inputs, two outputs. */
  public static LstmWeights weights() {
    Random random = new Random(7);
    List<LstmWeights.Layer> layers = new ArrayList<>();
    for (int inputs : List.of(2, 4)) {
      layers.add(
          new LstmWeights.Layer(
              floats(random, 16 * inputs),
              floats(random, 16 * 4),
              floats(random, 16),
              floats(random, 16)));
    }
    return new LstmWeights(
        new LstmConfig(2, 4, 2, 2), layers, floats(random, 2 * 4), floats(random, 2));
  }

  private static float[] floats(Random random, int count) {
    float[] floats = new float[count];
    for (int k = 0; k < count; k++) {
      floats[k] = random.nextFloat() - 0.5f;
    }
    return floats;
  }

  /** A card of the return of a price and an amount. */
  public static ModelCard card(ModelCard.Context context) {
    return new ModelCard(
        "small",
        "3",
        5,
        2,
        context,
        null,
        ModelCard.GapPolicy.KEEP,
        List.of(
            new Feature("return", Formula.parse("price"), Transform.LOG_RETURN, 0, 0.5, 20),
            new Feature("amount", Formula.parse("amount"), Transform.LOG1P, 1, 2, 20)),
        "return",
        "{}");
  }

  public static ForecastModel model() {
    return new ForecastModel(weights(), card(ModelCard.Context.CARRY));
  }

  public static String withCard(Path folder) throws IOException {
    return write(folder, "small.safetensors", ModelFiles.write(model()));
  }

  /** As PyTorch would export it. */
  public static String withoutCard(Path folder) throws IOException {
    return write(folder, "plain.safetensors", withoutCard(""));
  }

  /** With a tensor that has no place in a model. */
  public static String withMore(Path folder) throws IOException {
    return write(
        folder,
        "more.safetensors",
        withoutCard(
            ",\"norm.scale\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[END,END]}"));
  }

  private static byte[] withoutCard(String more) {
    ByteBuffer file = ByteBuffer.wrap(ModelFiles.write(model())).order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[(int) file.getLong()];
    file.get(json);
    String header =
        new String(json, UTF_8).strip().replaceFirst("\"__metadata__\":\\{.*?[^\\\\]\"\\},", "");
    header =
        header.substring(0, header.length() - 1) + more.replace("END", "" + file.remaining()) + "}";
    return safetensors(header, file.slice());
  }

  /**
   * One unit whose weights are all zero, so that only its initial state shows: y = 1 + tanh(c) / 2,
   * and every step halves c.
   */
  public static String fading(Path folder) throws IOException {
    return fading(folder, "fading.safetensors", 1);
  }

  /** The same, scaled by the largest float: y is infinite. */
  public static String overflowing(Path folder) throws IOException {
    return fading(folder, "overflowing.safetensors", Float.MAX_VALUE);
  }

  private static String fading(Path folder, String name, float scale) throws IOException {
    String header =
        "{\"weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[0,16]},"
            + "\"weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[16,32]},"
            + "\"initial_h_l0\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[32,36]},"
            + "\"initial_c_l0\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[36,40]},"
            + "\"weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[40,44]},"
            + "\"bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[44,48]}}";
    ByteBuffer data = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(36, 8).putFloat(40, scale).putFloat(44, scale);
    return write(folder, name, safetensors(header, data));
  }

  private static byte[] safetensors(String header, ByteBuffer data) {
    byte[] json = header.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.remaining())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  private static String write(Path folder, String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes).toString();
  }
}
