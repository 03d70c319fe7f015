package io.flinklstm.jobs;

import static io.flinklstm.jobs.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class SourceRecordDeserializerTest {

  @Test
  void takesEverythingAsItIs() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("a", new byte[] {1}).add("a", null);
    SourceRecord record =
        deserialize(consumerRecord(new byte[] {0}, new byte[] {(byte) 0xff}, headers));
    assertThat(record.position()).isEqualTo(new SourcePosition("ticks", 3, 42));
    assertThat(record.timestamp()).isEqualTo(17);
    assertThat(record.key()).containsExactly(0);
    assertThat(record.value()).containsExactly(0xff);
    assertThat(record.headers()).extracting(SourceRecord.Header::name).containsExactly("a", "a");
    assertThat(record.headers().get(0).value()).containsExactly(1);
    assertThat(record.headers().get(1).value()).isNull();
  }

  @Test
  void takesRecordsWithoutKeyValueAndHeaders() {
    SourceRecord record = deserialize(consumerRecord(null, null, new RecordHeaders()));
    assertThat(record.key()).isNull();
    assertThat(record.value()).isNull();
    assertThat(record.headers()).isEmpty();
    assertThat(deserialize(consumerRecord(utf8("k"), null, new RecordHeaders())).value()).isNull();
  }

  private static ConsumerRecord<byte[], byte[]> consumerRecord(
      byte[] key, byte[] value, RecordHeaders headers) {
    return new ConsumerRecord<>(
        "ticks", 3, 42, 17, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty());
  }

  private static SourceRecord deserialize(ConsumerRecord<byte[], byte[]> record) {
    List<SourceRecord> out = new ArrayList<>();
    new SourceRecordDeserializer().deserialize(record, new ListCollector<>(out));
    assertThat(out).hasSize(1);
    return out.get(0);
  }
}
