package io.flinklstm.jobs.kafka;

import static io.flinklstm.jobs.testing.SourceRecords.POSITION;
import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.SourceRecord.Header;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.stream.DeadLetter;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Without operator chaining, parsed records cross a channel between two tasks. */
class ParsedRecordTest {

  private static final SourceRecord ELEMENT =
      new SourceRecord(
          POSITION.element(3),
          TIMESTAMP,
          utf8("k"),
          utf8("[{\"bid\":1.5}]"),
          List.of(new Header("trace", null), new Header("trace", new byte[] {0, -1})));

  static Stream<ParsedRecord> everyKind() {
    Rejection rejection = new Rejection(RejectionCode.MISSING_FIELD, "field ask: expected é");
    SourceRecord tombstone = SourceRecords.of(null, SourceRecord.NO_TIMESTAMP, null);
    return Stream.of(
        ParsedRecord.of(new Observation("é", 5, new double[] {-0.0, 1e308}, 7, ELEMENT)),
        ParsedRecord.of(
            new Observation("k", 5, new double[] {1}, Observation.NO_SEQUENCE, tombstone)),
        ParsedRecord.of(new DeadLetter(DeadLetter.PARSE, rejection, null, ELEMENT)),
        ParsedRecord.of(new DeadLetter(DeadLetter.PARSE, rejection, null, tombstone)),
        ParsedRecord.skipped(POSITION),
        ParsedRecord.skipped(POSITION.element(0)));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void everyKindCrossesAChannelUnchanged(ParsedRecord record) throws IOException {
    TypeSerializer<ParsedRecord> serializer = serializer();
    DataOutputSerializer sent = new DataOutputSerializer(64);
    serializer.serialize(record, sent);
    serializer.serialize(record, sent);
    DataInputDeserializer received = new DataInputDeserializer(sent.getCopyOfBuffer());
    for (int k = 0; k < 2; k++) {
      ParsedRecord arrived = serializer.deserialize(received);
      assertThat(arrived).usingRecursiveComparison().isEqualTo(record);
      assertThat(arrived.position()).isEqualTo(record.position());
    }
    assertThat(received.available()).isZero();
    assertThat(serializer.copy(record)).usingRecursiveComparison().isEqualTo(record);
  }

  @Test
  void noPartFallsBackToKryo() {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    assertThat(ParsedRecord.TYPE.createSerializer(config)).isInstanceOf(PojoSerializer.class);
  }

  private static TypeSerializer<ParsedRecord> serializer() {
    return ParsedRecord.TYPE.createSerializer(new SerializerConfigImpl());
  }
}
