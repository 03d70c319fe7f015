package io.flinklstm.jobs.kafka;

import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.SourceRecord.Header;
import io.flinklstm.jobs.testing.HeaderText;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.stream.DeadLetter;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterRecordSerializerTest {

  private static final Rejection REJECTION =
      new Rejection(RejectionCode.MISSING_FIELD, "field bid: expected a value, got none é");

  @Test
  void handsOnTheOriginalWithWhatWasWrong() {
    Header header = new Header("trace", utf8("7"));
    SourceRecord source = SourceRecords.of(utf8("k"), TIMESTAMP, new byte[] {(byte) 0xff}, header);
    ProducerRecord<byte[], byte[]> record = serialize(source, 1024);
    assertThat(record.topic()).isEqualTo("dead");
    assertThat(record.key()).isEqualTo(utf8("k"));
    assertThat(record.value()).containsExactly(0xff);
    assertThat(record.timestamp()).isEqualTo(TIMESTAMP);
    assertThat(HeaderText.of(record))
        .containsExactly(
            Map.entry("trace", "7"),
            Map.entry("__flink.errors.topic", "ticks"),
            Map.entry("__flink.errors.partition", "3"),
            Map.entry("__flink.errors.offset", "42"),
            Map.entry("__flink.errors.stage", "parse"),
            Map.entry("__flink.errors.code", "MISSING_FIELD"),
            Map.entry("__flink.errors.message", "field bid: expected a value, got none é"));
  }

  @Test
  void keepsTombstones() {
    ProducerRecord<byte[], byte[]> record =
        serialize(SourceRecords.of(null, TIMESTAMP, null), 1024);
    assertThat(record.key()).isNull();
    assertThat(record.value()).isNull();
    assertThat(HeaderText.of(record)).hasSize(6);
  }

  @Test
  void cutsAndMarksWhatIsTooLarge() {
    ProducerRecord<byte[], byte[]> record =
        serialize(SourceRecords.of(utf8("k"), TIMESTAMP, new byte[5000]), 1024);
    assertThat(record.value()).hasSize(1023);
    assertThat(HeaderText.of(record))
        .hasSize(7)
        .containsEntry("__flink.errors.cut", "value=5000")
        .containsEntry("__flink.errors.code", "MISSING_FIELD");
  }

  private static ProducerRecord<byte[], byte[]> serialize(SourceRecord source, long maxBytes) {
    return new DeadLetterRecordSerializer("dead", maxBytes, TimestampLimits.BROKER_DEFAULTS)
        .serialize(new DeadLetter(DeadLetter.PARSE, REJECTION, null, source), null, 5L);
  }
}
