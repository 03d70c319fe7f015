package io.flinklstm.jobs.record.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

public class PredictionJsonTest {

  public static final ModelId MODEL = new ModelId("fx-mid", "3", 30, 0x00c0ffee12345678L);
  static final long HISTORY = 0x1234567800c0ffeeL;
  public static final SourcePosition SOURCE = new SourcePosition("ticks", 3, 42);

  private final PredictionJson json = new PredictionJson();

  @Test
  void writesTheDocumentedRecord() throws Exception {
    Prediction prediction =
        new Prediction(
            "EURUSD",
            1_546_300_800_123L,
            MODEL,
            null,
            0,
            4711,
            1.14635,
            new double[] {1.14637, 1.1464},
            SOURCE,
            HISTORY);
    assertThat(new String(json.write(prediction), UTF_8))
        .isEqualTo(
            "{\"key\":\"EURUSD\",\"event_time\":1546300800123,\"status\":\"READY\","
                + "\"model_name\":\"fx-mid\",\"model_version\":\"3\",\"step\":4711,"
                + "\"last_value\":1.14635,\"forecasts\":["
                + "{\"horizon_step\":1,\"forecast_value\":1.14637},"
                + "{\"horizon_step\":2,\"forecast_value\":1.1464}],"
                + "\"prediction_id\":\"ticks-3-42-00c0ffee12345678-1234567800c0ffee\"}");
  }

  @Test
  void isWarmingUpBelowTheLookback() throws Exception {
    assertThat(tree(prediction("a", null, 29, SOURCE)).get("status").textValue())
        .isEqualTo("WARMING_UP");
    assertThat(tree(prediction("a", null, 30, SOURCE)).get("status").textValue())
        .isEqualTo("READY");
  }

  @ParameterizedTest
  @EnumSource(Prediction.Reset.class)
  void saysWhyTheStateWasReset(Prediction.Reset reset) throws Exception {
    assertThat(tree(prediction("a", reset, 1, SOURCE)).get("reset").textValue())
        .isEqualTo(reset.name());
  }

  @Test
  void hasResetAndPredictionIdOnlyWhereThereAreAny() throws Exception {
    JsonNode node = tree(prediction("a", null, 2, null));
    assertThat(node.has("reset")).isFalse();
    assertThat(node.has("gap_ms")).isFalse();
    assertThat(node.has("prediction_id")).isFalse();
  }

  @Test
  void escapesKeys() throws Exception {
    String key = "a\"\\\n\u0000\u2028é\uD83D\uDE00";
    assertThat(tree(prediction(key, null, 2, SOURCE)).get("key").textValue()).isEqualTo(key);
  }

  @Test
  void writesEachPredictionAfresh() throws Exception {
    json.write(prediction("a long key that leaves bytes behind", Prediction.Reset.GAP, 1, SOURCE));
    byte[] first = json.write(prediction("a", null, 2, null));
    assertThat(first).isEqualTo(new PredictionJson().write(prediction("a", null, 2, null)));
  }

  @Test
  void numbersReadBackAsTheSameBits() throws Exception {
    Random random = new Random(7);
    ObjectMapper mapper = new ObjectMapper();
    for (int k = 0; k < 1_000; k++) {
      double[] values = new double[100];
      for (int i = 0; i < values.length; i++) {
        values[i] = k == 0 ? EDGES[i % EDGES.length] : randomDouble(random);
      }
      byte[] bytes =
          json.write(new Prediction("a", 0, MODEL, null, 0, 1, values[0], values, SOURCE, HISTORY));
      JsonNode node = mapper.readTree(bytes);
      assertSameBits(node.get("last_value"), values[0]);
      for (int i = 0; i < values.length; i++) {
        assertSameBits(node.get("forecasts").get(i).get("forecast_value"), values[i]);
      }
    }
  }

  private static final double[] EDGES = {
    0.0,
    -0.0,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    Math.nextDown(Double.MIN_NORMAL),
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    2e-323,
    9007199254740993.0,
    1e21,
    1e23,
    0.1f,
    1 / 3.0
  };

  /** Random finite bits; every eighth double is subnormal. */
  private static double randomDouble(Random random) {
    long mask = random.nextInt(8) == 0 ? 0x800fffffffffffffL : -1L;
    double value = Double.longBitsToDouble(random.nextLong() & mask);
    return Double.isFinite(value) ? value : random.nextDouble();
  }

  private static void assertSameBits(JsonNode node, double expected) {
    long bits = Double.doubleToRawLongBits(node.doubleValue());
    if (!node.isNumber() || bits != Double.doubleToRawLongBits(expected)) {
      assertThat(node.toString()).isEqualTo(Double.toString(expected));
    }
  }

  private JsonNode tree(Prediction prediction) throws Exception {
    return new ObjectMapper().readTree(json.write(prediction));
  }

  public static Prediction prediction(
      String key, Prediction.Reset reset, long step, SourcePosition source) {
    double[] forecasts = {1.14637, 1.1464};
    return new Prediction(
        key,
        1_546_300_800_123L,
        MODEL,
        reset,
        reset == null ? 0 : 90_000,
        step,
        1.14635,
        forecasts,
        source,
        HISTORY);
  }
}
