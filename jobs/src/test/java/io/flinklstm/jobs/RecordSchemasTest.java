package io.flinklstm.jobs;

import static io.flinklstm.jobs.record.json.PredictionJsonTest.SOURCE;
import static io.flinklstm.jobs.record.json.PredictionJsonTest.prediction;
import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.kafka.DeadLetterRecordSerializer;
import io.flinklstm.jobs.kafka.TimestampLimits;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.json.PredictionJson;
import io.flinklstm.jobs.testing.HeaderText;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.jobs.testing.UnusableRecords;
import io.flinklstm.stream.DeadLetter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks config/schemas against what the job really reads and writes. */
class RecordSchemasTest {

  private static final Path FOLDER = Path.of("..", "config", "schemas");
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  @ParameterizedTest
  @ValueSource(strings = {"observation", "prediction", "dead-letter-headers"})
  void schemaIsValidAndItsExamplesAre(String name) throws IOException {
    JsonNode document = document(name);
    JsonSchema draft = FACTORY.getSchema(SchemaLocation.of(SchemaId.V202012));
    assertThat(draft.validate(document)).isEmpty();
    for (JsonNode example : document.path("examples")) {
      assertThat(validate(name, example)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Prediction.Reset.class)
  void predictionsFitTheSchema(Prediction.Reset reset) throws IOException {
    assertThat(validate("prediction", written(prediction("é", reset, 1, SOURCE)))).isEmpty();
    assertThat(validate("prediction", written(prediction("a", null, 99, null)))).isEmpty();
  }

  @Test
  void everyFieldOfAPredictionIsInTheSchema() throws IOException {
    JsonNode written = written(prediction("a", Prediction.Reset.GAP, 1, SOURCE));
    List<String> names = new ArrayList<>();
    document("prediction").get("properties").fieldNames().forEachRemaining(names::add);
    assertThat(written.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(names);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status\":\"COLD\"}",
        "{\"event_time\":-1}",
        "{\"step\":0}",
        "{\"last_value\":\"1\"}",
        "{\"forecasts\":[]}",
        "{\"prediction_id\":\"17\"}",
        "{\"unknown\":1}"
      })
  void schemaRefusesWhatIsNoPrediction(String change) throws IOException {
    ObjectNode node = written(prediction("a", null, 99, SOURCE));
    assertThat(validate("prediction", node)).isEmpty();
    node.setAll((ObjectNode) MAPPER.readTree(change));
    assertThat(validate("prediction", node)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"key\":\"a\",\"event_time\":5,\"bid\":1,\"ask\":2}",
        "{\"key\":17,\"event_time\":5.5,\"bid\":1,\"ask\":2,\"x\":[{}]}",
        "{\"key\":\"\",\"event_time\":5,\"bid\":1,\"ask\":2}",
        "{\"key\":1.5,\"event_time\":5,\"bid\":1,\"ask\":2}",
        "{\"key\":null,\"event_time\":5,\"bid\":1,\"ask\":2}",
        "{\"key\":\"a\",\"event_time\":-1,\"bid\":1,\"ask\":2}",
        "{\"key\":\"a\",\"event_time\":\"5\",\"bid\":1,\"ask\":2}",
        "{\"key\":\"a\",\"event_time\":\"soon\",\"bid\":1,\"ask\":2}",
        "{\"key\":\"a\",\"event_time\":1e300,\"bid\":1,\"ask\":2}",
        "{\"key\":\"a\",\"bid\":1,\"ask\":2}",
        "[]"
      })
  void observationSchemaAndParserAgree(String json) throws IOException {
    SingleReader parser =
        new SingleReader(List.of("bid", "ask"), UnusableRecords.Format.PLAIN.format);
    boolean usable;
    try {
      parser.parse(SourceRecords.withValue(json));
      usable = true;
    } catch (RejectedRecordException e) {
      usable = false;
    }
    assertThat(validate("observation", MAPPER.readTree(json)).isEmpty()).isEqualTo(usable);
  }

  @Test
  void deadLetterHeadersFitTheSchema() throws IOException {
    SourceRecord small = SourceRecords.of(utf8("k"), TIMESTAMP, utf8("{"));
    SourceRecord.Header header = new SourceRecord.Header("trace", new byte[100]);
    SourceRecord large =
        SourceRecords.of(new byte[2000], TIMESTAMP, new byte[5000], header, header);
    SourceRecord element =
        new SourceRecord(
            SourceRecords.POSITION.element(0), TIMESTAMP, utf8("k"), utf8("[7]"), List.of());
    for (SourceRecord source : List.of(small, large, element)) {
      TimestampLimits limits = new TimestampLimits(Long.MAX_VALUE, 0, source == large);
      for (RejectionCode code : RejectionCode.values()) {
        DeadLetter letter =
            new DeadLetter(
                DeadLetter.PARSE, new Rejection(code, "expected this, got that"), null, source);
        Map<String, String> headers =
            HeaderText.of(
                new DeadLetterRecordSerializer("dead", 1024, limits).serialize(letter, null, 5L));
        assertThat(validate("dead-letter-headers", MAPPER.valueToTree(headers)))
            .as("%s", headers)
            .isEmpty();
        assertThat(headers.containsKey("__flink.errors.index")).isEqualTo(source == element);
        assertThat(headers.containsKey("__flink.errors.cut")).isEqualTo(source == large);
        assertThat(headers.containsKey("__flink.errors.timestamp")).isEqualTo(source == large);
      }
    }
  }

  @Test
  void everyRejectionCodeAndStageIsInTheSchema() throws IOException {
    JsonNode properties = document("dead-letter-headers").get("properties");
    assertThat(properties.get("__flink.errors.code").get("enum"))
        .extracting(JsonNode::textValue)
        .containsExactlyElementsOf(
            Arrays.stream(RejectionCode.values()).map(RejectionCode::name).toList());
    assertThat(properties.get("__flink.errors.stage").get("enum"))
        .extracting(JsonNode::textValue)
        .containsExactly(DeadLetter.PARSE, DeadLetter.FORECAST);
  }

  @Test
  void schemaRefusesWhatAreNoDeadLetterHeaders() throws IOException {
    assertThat(validate("dead-letter-headers", MAPPER.readTree("{}"))).hasSize(6);
    assertThat(
            validate(
                "dead-letter-headers", MAPPER.readTree("{\"__flink.errors.cut\":\"all of it\"}")))
        .hasSize(7);
    for (String name : List.of("timestamp", "index")) {
      assertThat(
              validate(
                  "dead-letter-headers",
                  MAPPER.createObjectNode().put("__flink.errors." + name, "-1")))
          .hasSize(7);
    }
  }

  private static ObjectNode written(Prediction prediction) throws IOException {
    return (ObjectNode) MAPPER.readTree(new PredictionJson().write(prediction));
  }

  private static Set<ValidationMessage> validate(String name, JsonNode node) throws IOException {
    return FACTORY.getSchema(document(name)).validate(node);
  }

  private static JsonNode document(String name) throws IOException {
    return MAPPER.readTree(Files.readString(FOLDER.resolve(name + ".schema.json")));
  }
}
