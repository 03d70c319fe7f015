package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.SourceRecord.Header;
import io.flinklstm.jobs.testing.HeaderText;
import io.flinklstm.jobs.testing.SourceRecords;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.DefaultRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceRecordCopyTest {

  private static final String PREFIX = "prefix.";
  private static final String TOPIC = PREFIX + "topic";
  private static final String PARTITION = PREFIX + "partition";
  private static final String OFFSET = PREFIX + "offset";
  private static final byte[] KEY = {0, (byte) 0xff, 'k'};
  private static final byte[] VALUE = {(byte) 0xfe, 0, 1, 2, 3, 4, 5, 6, 7, 8};

  @Test
  void smallRecordIsCopiedByteForByte() {
    SourceRecord source =
        record(KEY, VALUE, new Header("a", new byte[] {0, 1}), new Header("a", null));
    ProducerRecord<byte[], byte[]> copy = copy(source, 1024);
    assertThat(copy.topic()).isEqualTo("topic");
    assertThat(copy.partition()).isNull();
    assertThat(copy.timestamp()).isEqualTo(SourceRecords.TIMESTAMP);
    assertThat(copy.key()).isEqualTo(KEY);
    assertThat(copy.value()).isEqualTo(VALUE);
    assertThat(names(copy)).containsExactly("a", "a", TOPIC, PARTITION, OFFSET);
    assertThat(copy.headers().toArray()[0].key()).isEqualTo("a");
    assertThat(copy.headers().toArray()[0].value()).containsExactly(0, 1);
    assertThat(copy.headers().toArray()[1].value()).isNull();
  }

  @Test
  void nothingStaysNothing() {
    ProducerRecord<byte[], byte[]> copy = copy(record(null, null), 1024);
    assertThat(copy.key()).isNull();
    assertThat(copy.value()).isNull();
    assertThat(names(copy)).containsExactly(TOPIC, PARTITION, OFFSET);
  }

  @Test
  void recordOfExactlyTheBoundIsNotCut() {
    ProducerRecord<byte[], byte[]> copy = copy(record(KEY, VALUE), 13);
    assertThat(copy.value()).isEqualTo(VALUE);
    assertThat(names(copy)).containsExactly(TOPIC, PARTITION, OFFSET);
  }

  @Test
  void valueIsCutFirst() {
    ProducerRecord<byte[], byte[]> copy = copy(record(KEY, VALUE, new Header("h", KEY)), 25);
    assertThat(copy.key()).isEqualTo(KEY);
    assertThat(copy.value()).isEqualTo(Arrays.copyOf(VALUE, 25 - 3 - 16));
    assertThat(copy.headers().lastHeader("h").value()).isEqualTo(KEY);
    assertThat(cut(copy)).isEqualTo("value=10");
  }

  @Test
  void headersAreLeftOutFromTheLastOnAfterTheValue() {
    SourceRecord source =
        record(KEY, VALUE, new Header("a", KEY), new Header("b", KEY), new Header("c", KEY));
    ProducerRecord<byte[], byte[]> copy = copy(source, 20);
    assertThat(copy.key()).isEqualTo(KEY);
    assertThat(copy.value()).isEmpty();
    assertThat(names(copy)).containsExactly("a", TOPIC, PARTITION, OFFSET, CopyHeaders.CUT);
    assertThat(cut(copy)).isEqualTo("value=10,headers=3");
  }

  @Test
  void keyIsCutLast() {
    byte[] key = new byte[5000];
    ProducerRecord<byte[], byte[]> copy = copy(record(key, VALUE, new Header("a", KEY)), 1024);
    assertThat(copy.key()).hasSize(1024);
    assertThat(copy.value()).isEmpty();
    assertThat(cut(copy)).isEqualTo("value=10,headers=1,key=5000");
  }

  @Test
  void marksOnlyWhatWasCut() {
    assertThat(cut(copy(record(new byte[2000], null), 1024))).isEqualTo("key=2000");
    assertThat(cut(copy(record(new byte[2000], new byte[0]), 1024))).isEqualTo("key=2000");
  }

  @Test
  void boundHoldsForEveryRecord() {
    Random random = new Random(3);
    for (int k = 0; k < 5_000; k++) {
      SourceRecord source = randomRecord(random);
      long maxBytes = 1024 + random.nextInt(4096);
      ProducerRecord<byte[], byte[]> copy = copy(source, maxBytes);
      boolean marked = copy.headers().lastHeader(CopyHeaders.CUT) != null;
      List.of(TOPIC, PARTITION, OFFSET, CopyHeaders.CUT).forEach(copy.headers()::remove);
      assertThat(sizeAtBroker(copy))
          .isLessThanOrEqualTo((int) maxBytes + DefaultRecord.MAX_RECORD_OVERHEAD);
      assertThat(marked).isEqualTo(!isWhole(source, copy));
      assertIsPrefix(copy.key(), source.key());
      assertIsPrefix(copy.value(), source.value());
    }
  }

  @Test
  void timestampThatTheTopicWouldNotKeepBecomesAHeader() {
    TimestampLimits none = new TimestampLimits(0, 0, false);
    for (long timestamp : new long[] {0, SourceRecords.TIMESTAMP, Long.MAX_VALUE}) {
      ProducerRecord<byte[], byte[]> copy =
          SourceRecordCopy.of(SourceRecords.of(KEY, timestamp, VALUE), PREFIX, "topic", 1024, none);
      assertThat(copy.timestamp()).isNull();
      assertThat(HeaderText.of(copy))
          .containsEntry("__flink.errors.timestamp", Long.toString(timestamp));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {SourceRecord.NO_TIMESTAMP, Long.MIN_VALUE})
  void recordWithoutTimestampLeavesItToKafka(long timestamp) {
    ProducerRecord<byte[], byte[]> copy = copy(SourceRecords.of(KEY, timestamp, VALUE), 1024);
    assertThat(copy.timestamp()).isNull();
    assertThat(names(copy)).containsExactly(TOPIC, PARTITION, OFFSET);
  }

  @Test
  void sourceIsNotModified() {
    byte[] value = VALUE.clone();
    SourceRecord source = record(KEY.clone(), value, new Header("h", KEY.clone()));
    copy(source, 5);
    assertThat(source.key()).isEqualTo(KEY);
    assertThat(source.value()).isEqualTo(VALUE);
    assertThat(source.headers()).hasSize(1);
  }

  /** The record's size as the client counts it, including lengths, time and attributes. */
  private static int sizeAtBroker(ProducerRecord<byte[], byte[]> record) {
    return DefaultRecord.sizeInBytes(
        0,
        0,
        Utils.wrapNullable(record.key()),
        Utils.wrapNullable(record.value()),
        record.headers().toArray());
  }

  private static boolean isWhole(SourceRecord source, ProducerRecord<byte[], byte[]> copy) {
    return Arrays.equals(source.key(), copy.key())
        && Arrays.equals(source.value(), copy.value())
        && source.headers().size() == copy.headers().toArray().length;
  }

  private static void assertIsPrefix(byte[] part, byte[] whole) {
    if (whole == null) {
      assertThat(part).isNull();
    } else {
      assertThat(part).isEqualTo(Arrays.copyOf(whole, part.length));
    }
  }

  private static SourceRecord randomRecord(Random random) {
    Header[] headers = new Header[random.nextInt(6)];
    for (int k = 0; k < headers.length; k++) {
      String name = (random.nextBoolean() ? "é" : "\uD83D\uDE00").repeat(1 + random.nextInt(200));
      headers[k] = new Header(name, randomBytes(random));
    }
    return record(randomBytes(random), randomBytes(random), headers);
  }

  private static byte[] randomBytes(Random random) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(2) * random.nextInt(4000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static ProducerRecord<byte[], byte[]> copy(SourceRecord source, long maxBytes) {
    return SourceRecordCopy.of(source, PREFIX, "topic", maxBytes, TimestampLimits.BROKER_DEFAULTS);
  }

  private static Stream<String> names(ProducerRecord<byte[], byte[]> copy) {
    return Stream.of(copy.headers().toArray()).map(header -> header.key());
  }

  private static String cut(ProducerRecord<byte[], byte[]> copy) {
    return new String(
        copy.headers().lastHeader(CopyHeaders.CUT).value(),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private static SourceRecord record(byte[] key, byte[] value, Header... headers) {
    return SourceRecords.of(key, SourceRecords.TIMESTAMP, value, headers);
  }
}
