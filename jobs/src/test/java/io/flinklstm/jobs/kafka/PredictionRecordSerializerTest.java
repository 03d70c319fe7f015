package io.flinklstm.jobs.kafka;

import static io.flinklstm.jobs.record.json.PredictionJsonTest.SOURCE;
import static io.flinklstm.jobs.record.json.PredictionJsonTest.prediction;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.record.json.PredictionJson;
import io.flinklstm.jobs.testing.HeaderText;
import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class PredictionRecordSerializerTest {

  private final PredictionRecordSerializer serializer = new PredictionRecordSerializer("out");

  @Test
  void writesKeyValueAndSourceHeaders() throws Exception {
    Prediction prediction = prediction("é", null, 30, SOURCE);
    ProducerRecord<byte[], byte[]> record = serializer.serialize(prediction, null, 1L);
    assertThat(record.topic()).isEqualTo("out");
    assertThat(record.partition()).isNull();
    assertThat(record.key()).isEqualTo(utf8("é"));
    assertThat(record.value()).isEqualTo(new PredictionJson().write(prediction));
    assertThat(HeaderText.of(record))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "__flink.source.topic", "ticks",
                "__flink.source.partition", "3",
                "__flink.source.offset", "42"));
  }

  @Test
  void leavesTheTimestampToKafka() {
    Prediction prediction = prediction("a", null, 30, SOURCE);
    assertThat(serializer.serialize(prediction, null, 1_546_300_800_123L).timestamp()).isNull();
  }

  @Test
  void hasNoHeadersWithoutSource() {
    assertThat(HeaderText.of(serializer.serialize(prediction("a", null, 30, null), null, 1L)))
        .isEmpty();
  }

  @Test
  void travelsToTheTasksEvenAfterUse() throws Exception {
    Prediction prediction = prediction("a", null, 30, SOURCE);
    ProducerRecord<byte[], byte[]> here = serializer.serialize(prediction, null, 1L);
    ProducerRecord<byte[], byte[]> there =
        InstantiationUtil.clone(serializer).serialize(prediction, null, 1L);
    assertThat(there.value()).isEqualTo(here.value());
  }
}
