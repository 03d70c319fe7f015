package io.flinklstm.jobs.kafka;

import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.SourceRecord.Header;
import io.flinklstm.jobs.testing.HeaderText;
import io.flinklstm.jobs.testing.SourceRecords;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class OriginalRecordSerializerTest {

  @Test
  void handsOnTheOriginalWithItsPosition() {
    Header header = new Header("trace", utf8("7"));
    SourceRecord source = SourceRecords.of(utf8("k"), TIMESTAMP, utf8("{...}"), header);
    ProducerRecord<byte[], byte[]> record = serialize(source, 1024);
    assertThat(record.topic()).isEqualTo("late");
    assertThat(record.key()).isEqualTo(utf8("k"));
    assertThat(record.value()).isEqualTo(utf8("{...}"));
    assertThat(record.timestamp()).isEqualTo(TIMESTAMP);
    assertThat(HeaderText.of(record))
        .containsExactly(
            Map.entry("trace", "7"),
            Map.entry("__flink.source.topic", "ticks"),
            Map.entry("__flink.source.partition", "3"),
            Map.entry("__flink.source.offset", "42"));
  }

  @Test
  void cutsAndMarksWhatIsTooLarge() {
    ProducerRecord<byte[], byte[]> record =
        serialize(SourceRecords.of(utf8("k"), TIMESTAMP, new byte[5000]), 1024);
    assertThat(record.value()).hasSize(1023);
    assertThat(HeaderText.of(record)).containsEntry("__flink.errors.cut", "value=5000");
  }

  private static ProducerRecord<byte[], byte[]> serialize(SourceRecord source, long maxBytes) {
    Observation late = new Observation("k", 5, new double[] {1}, Observation.NO_SEQUENCE, source);
    return new OriginalRecordSerializer("late", maxBytes, TimestampLimits.BROKER_DEFAULTS)
        .serialize(late, null, 5L);
  }
}
