package io.flinklstm.jobs.record.avro;

import static io.flinklstm.jobs.record.json.PredictionJsonTest.MODEL;
import static io.flinklstm.jobs.record.json.PredictionJsonTest.SOURCE;
import static io.flinklstm.jobs.record.json.PredictionJsonTest.prediction;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.record.json.PredictionJson;
import io.flinklstm.jobs.testing.AvroBytes;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decodes with the schema that consumers get. */
class PredictionAvroTest {

  private static final Path FILE = Path.of("..", "config", "schemas", "prediction.avsc");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PredictionAvro avro = new PredictionAvro();
  private final Schema schema;

  PredictionAvroTest() throws Exception {
    schema = new Schema.Parser().parse(FILE.toFile());
  }

  @ParameterizedTest
  @EnumSource(Prediction.Reset.class)
  void everyFieldIsTheOneOfJson(Prediction.Reset reset) throws Exception {
    assertSameAsJson(prediction("é\uD83D\uDE00", reset, 1, SOURCE));
    assertSameAsJson(prediction("a\u0000b", null, 30, SOURCE));
    assertSameAsJson(prediction("a", null, 29, null));
  }

  @Test
  void numbersHaveTheBitsOfJson() throws Exception {
    Random random = new Random(7);
    for (int k = 0; k < 2_000; k++) {
      double[] forecasts = new double[random.nextInt(20)];
      for (int i = 0; i < forecasts.length; i++) {
        forecasts[i] = finite(random);
      }
      long step = random.nextLong() >>> (1 + random.nextInt(60));
      Prediction.Reset reset =
          random.nextBoolean() ? null : Prediction.Reset.values()[random.nextInt(4)];
      assertSameAsJson(
          new Prediction(
              "k" + k, step, MODEL, reset, k % 3, step, finite(random), forecasts, SOURCE, k));
    }
  }

  @Test
  void enumsOfTheSchemaAreTheOnesOfThePrediction() {
    assertThat(schema.getField("status").schema().getEnumSymbols())
        .isEqualTo(names(Prediction.Status.values()));
    assertThat(schema.getField("reset").schema().getTypes().get(1).getEnumSymbols())
        .isEqualTo(names(Prediction.Reset.values()));
  }

  @Test
  void consumersFindTheSchemaOnTheClassPath() throws Exception {
    try (InputStream resource =
        PredictionAvro.class.getClassLoader().getResourceAsStream("schemas/prediction.avsc")) {
      assertThat(resource).isNotNull();
      assertThat(resource.readAllBytes()).isEqualTo(Files.readAllBytes(FILE));
    }
  }

  @Test
  void writesEachPredictionAfresh() throws Exception {
    avro.write(prediction("a long key that leaves bytes behind", null, 1, SOURCE));
    assertThat(avro.write(prediction("a", null, 2, null)))
        .isEqualTo(new PredictionAvro().write(prediction("a", null, 2, null)));
  }

  private void assertSameAsJson(Prediction prediction) throws Exception {
    GenericRecord record = AvroBytes.record(schema, avro.write(prediction));
    JsonNode json = JSON.readTree(new PredictionJson().write(prediction));
    for (Schema.Field field : schema.getFields()) {
      if (!field.name().equals("forecasts")) {
        assertSame(field.name(), record.get(field.pos()), json.get(field.name()));
      }
    }
    List<?> forecasts = (List<?>) record.get("forecasts");
    assertThat(forecasts).hasSize(json.get("forecasts").size());
    for (int k = 0; k < forecasts.size(); k++) {
      GenericRecord forecast = (GenericRecord) forecasts.get(k);
      for (Schema.Field field : forecast.getSchema().getFields()) {
        assertSame(
            field.name(),
            forecast.get(field.pos()),
            json.get("forecasts").get(k).get(field.name()));
      }
    }
    assertThat(json.fieldNames())
        .toIterable()
        .allSatisfy(name -> assertThat(schema.getField(name)).as(name).isNotNull());
  }

  private static void assertSame(String name, Object avro, JsonNode json) {
    if (avro == null || json == null) {
      assertThat(avro).as(name).isNull();
      assertThat(json).as(name).isNull();
    } else if (avro instanceof Double value) {
      assertThat(Double.doubleToRawLongBits(value))
          .as(name)
          .isEqualTo(Double.doubleToRawLongBits(json.doubleValue()));
    } else if (avro instanceof Number value) {
      assertThat(value.longValue()).as(name).isEqualTo(json.longValue());
    } else {
      assertThat(avro.toString()).as(name).isEqualTo(json.textValue());
    }
  }

  private static double finite(Random random) {
    double value = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(value) ? value : -0.0;
  }

  private static List<String> names(Enum<?>[] constants) {
    return Arrays.stream(constants).map(Enum::name).toList();
  }
}
