package io.flinklstm.jobs.kafka;

import static io.flinklstm.jobs.testing.SourceRecords.POSITION;
import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.SourceRecord.Header;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.stream.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CopyHeadersTest {

  private static final int MAX_BYTES = 100_000;
  private static final TimestampLimits LIMITS = TimestampLimits.BROKER_DEFAULTS;

  @Test
  void takesOffWhatItWrote() {
    SourceRecord source = record(new Header("", null), new Header("a", utf8("1")));
    CopyHeaders read = CopyHeaders.ofDeadLetter(deadLetter(source, "why"));
    assertThat(read.position()).isEqualTo(POSITION);
    assertThat(read.code()).isEqualTo("MALFORMED");
    assertThat(read.cut()).isFalse();
    assertThat(read.timestamp()).isEqualTo(SourceRecord.NO_TIMESTAMP);
    assertOriginal(read.original(), source);
  }

  @Test
  void tellsATimestampThatTheCopyCouldNotKeep() {
    Headers headers = deadLetter(record(), "why");
    assertThat(CopyHeaders.ofDeadLetter(headers).timestamp()).isEqualTo(-1);
    headers.add("__flink.errors.timestamp", utf8("1546300800200"));
    assertThat(CopyHeaders.ofDeadLetter(headers).timestamp()).isEqualTo(TIMESTAMP);
  }

  @Test
  void takesOffOnlyTheLastBlock() {
    SourceRecord first = record(new Header("a", utf8("1")));
    SourceRecord fedBack = record(asSource(deadLetter(first, "why")));
    CopyHeaders read = CopyHeaders.ofDeadLetter(deadLetter(fedBack, "why again"));
    assertOriginal(read.original(), fedBack);
    CopyHeaders readAgain = CopyHeaders.ofDeadLetter(new RecordHeaders(read.original()));
    assertOriginal(readAgain.original(), first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "__flink.errors.topic",
        "__flink.errors.code",
        "__flink.errors.cut",
        "__flink.errors.message",
        "__flink.source.topic"
      })
  void originalsMayHaveHeadersOfTheSameName(String name) {
    SourceRecord source = record(new Header(name, utf8("x")), new Header(name, null));
    CopyHeaders read = CopyHeaders.ofDeadLetter(deadLetter(source, "why"));
    assertThat(read.code()).isEqualTo("MALFORMED");
    assertThat(read.cut()).isFalse();
    assertOriginal(read.original(), source);
  }

  @Test
  void lateRecordsHaveABlockToo() {
    SourceRecord source =
        record(new Header("__flink.source.topic", null), new Header("a", utf8("1")));
    List<org.apache.kafka.common.header.Header> headers =
        List.of(
            SourceRecordCopy.of(source, CopyHeaders.SOURCE, "late", MAX_BYTES, LIMITS)
                .headers()
                .toArray());
    assertOriginal(headers.subList(0, CopyHeaders.begin(headers, CopyHeaders.SOURCE)), source);
    assertThat(CopyHeaders.ofDeadLetter(new RecordHeaders(headers))).isNull();
  }

  @Test
  void tellsWhetherTheRecordWasCut() {
    SourceRecord source = record(new Header("a", new byte[MAX_BYTES]));
    assertThat(CopyHeaders.ofDeadLetter(deadLetter(source, "why")).cut()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "topic,",
    "topic,''",
    "partition,",
    "partition,x",
    "partition,-1",
    "partition,2147483648",
    "timestamp,x",
    "timestamp,9223372036854775808",
    "offset,",
    "offset,''",
    "offset,-1",
    "offset,9223372036854775808",
    "code,"
  })
  void whatIsNotOursIsNoDeadLetter(String name, String value) {
    Headers headers = deadLetter(record(), "why");
    assertThat(CopyHeaders.ofDeadLetter(headers)).isNotNull();
    headers.remove(CopyHeaders.ERRORS + name);
    headers.add(CopyHeaders.ERRORS + name, value == null ? null : utf8(value));
    assertThat(CopyHeaders.ofDeadLetter(headers)).isNull();
    headers.remove(CopyHeaders.ERRORS + name);
    assertThat(CopyHeaders.ofDeadLetter(headers) == null).isEqualTo(!name.equals("timestamp"));
  }

  @Test
  void noHeadersAreNoDeadLetter() {
    assertThat(CopyHeaders.ofDeadLetter(new RecordHeaders())).isNull();
  }

  @Test
  void blockStaysWithinItsRoom() {
    SourcePosition position =
        new SourcePosition("t".repeat(249), Integer.MAX_VALUE, Long.MAX_VALUE);
    SourceRecord source =
        new SourceRecord(position, TIMESTAMP, null, new byte[2 * MAX_BYTES], List.of());
    int size = 0;
    for (org.apache.kafka.common.header.Header header :
        deadLetter(source, "\u20ac".repeat(1_000_000))) {
      size += 10 + utf8(header.key()).length + header.value().length;
    }
    assertThat(size).isLessThan(ForecastJobConfig.OWN_HEADERS_BYTES - 1024);
  }

  private static SourceRecord record(Header... headers) {
    return SourceRecords.of(utf8("k"), TIMESTAMP, utf8("{"), headers);
  }

  private static Headers deadLetter(SourceRecord source, String message) {
    Rejection rejection = new Rejection(RejectionCode.MALFORMED, message);
    return new DeadLetterRecordSerializer("dead", MAX_BYTES, LIMITS)
        .serialize(new DeadLetter(DeadLetter.PARSE, rejection, null, source), null, 5L)
        .headers();
  }

  private static Header[] asSource(Headers headers) {
    List<Header> list = new ArrayList<>();
    headers.forEach(header -> list.add(new Header(header.key(), header.value())));
    return list.toArray(Header[]::new);
  }

  private static void assertOriginal(
      List<org.apache.kafka.common.header.Header> headers, SourceRecord source) {
    assertThat(headers).hasSameSizeAs(source.headers());
    for (int k = 0; k < headers.size(); k++) {
      assertThat(headers.get(k).key()).isEqualTo(source.headers().get(k).name());
      assertThat(headers.get(k).value()).isEqualTo(source.headers().get(k).value());
    }
  }
}
