package io.flinklstm.jobs.kafka;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.testing.UnusableRecords;
import io.flinklstm.stream.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ObservationDeserializerTest {

  @Test
  void takesEverythingAsItIs() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("a", new byte[] {1}).add("a", null);
    SourceRecord record =
        deserialize(consumerRecord(new byte[] {0}, new byte[] {(byte) 0xff}, headers));
    assertThat(record.position()).isEqualTo(new SourcePosition("ticks", 3, 42));
    assertThat(record.timestamp()).isEqualTo(1_546_300_800_000L);
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

  @Test
  void aUsableRecordHasItsObservationsTime() {
    ParsedRecord record =
        parse(consumerRecord(null, utf8(UnusableRecords.GOOD), new RecordHeaders()));
    assertThat(record.observation().values()).containsExactly(1.5, 2.5);
    assertThat(ObservationDeserializer.eventTime(record)).isEqualTo(1546300800123L);
  }

  @Test
  void anUnusableRecordMovesNoWatermark() {
    String farAhead = UnusableRecords.GOOD.replace("1546300800123", "4102444800000");
    ParsedRecord record = parse(consumerRecord(null, utf8(farAhead), new RecordHeaders()));
    assertThat(record.deadLetter().rejection().code()).isEqualTo(RejectionCode.INVALID_TIME);
    assertThat(record.deadLetter().stage()).isEqualTo(DeadLetter.PARSE);
    assertThat(ObservationDeserializer.eventTime(record)).isEqualTo(Long.MIN_VALUE);
  }

  private static ConsumerRecord<byte[], byte[]> consumerRecord(
      byte[] key, byte[] value, RecordHeaders headers) {
    return new ConsumerRecord<>(
        "ticks",
        3,
        42,
        1_546_300_800_000L,
        TimestampType.CREATE_TIME,
        0,
        0,
        key,
        value,
        headers,
        Optional.empty());
  }

  private static SourceRecord deserialize(ConsumerRecord<byte[], byte[]> record) {
    return parse(record).deadLetter().source();
  }

  private static ParsedRecord parse(ConsumerRecord<byte[], byte[]> record) {
    List<ParsedRecord> out = new ArrayList<>();
    ObservationDeserializer deserializer =
        new ObservationDeserializer(List.of("bid", "ask"), UnusableRecords.Format.PLAIN.format);
    deserializer.open(null);
    deserializer.deserialize(record, new ListCollector<>(out));
    assertThat(out).hasSize(1);
    return out.get(0);
  }
}
