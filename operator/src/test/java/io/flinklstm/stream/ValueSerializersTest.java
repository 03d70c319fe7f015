package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueSerializersTest {

  private static final SourceRecord RECORD =
      new SourceRecord(
          new SourcePosition("ticks", 3, 1L << 40),
          1_546_300_800_123L,
          null,
          "{\"ключ\":1}".getBytes(StandardCharsets.UTF_8),
          List.of(
              new SourceRecord.Header("a", new byte[] {1}), new SourceRecord.Header("a", null)));
  private static final SourceRecord TOMBSTONE =
      new SourceRecord(new SourcePosition("t", 0, 0), -1, new byte[0], null, List.of());
  private static final ModelId MODEL = new ModelId("m", "1", 30, -5);

  static List<Arguments> values() {
    return List.of(
        Arguments.of(StreamTypes.SOURCE_RECORD, RECORD),
        Arguments.of(StreamTypes.SOURCE_RECORD, TOMBSTONE),
        Arguments.of(
            StreamTypes.OBSERVATION,
            new Observation("€", 5, new double[] {1.5, Double.MIN_VALUE}, 7, RECORD)),
        Arguments.of(StreamTypes.OBSERVATION, Observation.of("k", 0)),
        Arguments.of(StreamTypes.OBSERVATION, Observation.of("é\u00ff", 0, 1)),
        Arguments.of(StreamTypes.OBSERVATION, Observation.of("\u0100", 0, 1)),
        Arguments.of(StreamTypes.OBSERVATION, Observation.of("😀 half of it: \ud83d", 0, 1)),
        Arguments.of(
            StreamTypes.PREDICTION,
            new Prediction(
                "k",
                9,
                MODEL,
                Prediction.Reset.EXPIRED,
                90_000,
                1,
                -0.0,
                new double[] {0.1, 0.2},
                RECORD.position().element(4),
                -6)),
        Arguments.of(
            StreamTypes.PREDICTION,
            new Prediction("k", 9, MODEL, null, 0, 2, 1e300, new double[] {3}, null, 1L << 40)),
        Arguments.of(
            StreamTypes.DEAD_LETTER,
            new DeadLetter(
                DeadLetter.PARSE,
                new Rejection(RejectionCode.MALFORMED, "x".repeat(100_000)),
                null,
                TOMBSTONE)),
        Arguments.of(
            StreamTypes.DEAD_LETTER,
            new DeadLetter(
                DeadLetter.FORECAST,
                new Rejection(RejectionCode.NON_FINITE_OUTPUT, "m"),
                "k",
                null)));
  }

  @ParameterizedTest
  @MethodSource("values")
  <T> void readsWhatItWrote(TypeInformation<T> type, T value) throws IOException {
    TypeSerializer<T> serializer = serializer(type);
    byte[] bytes = write(serializer, value);
    T read = serializer.deserialize(new DataInputDeserializer(bytes));
    assertThat(read).usingRecursiveComparison().isEqualTo(value);
    assertThat(write(serializer, read)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("values")
  <T> void copiesFromStreamToStream(TypeInformation<T> type, T value) throws IOException {
    byte[] bytes = write(serializer(type), value);
    byte[] following = Arrays.copyOf(bytes, bytes.length + 3);
    DataOutputSerializer out = new DataOutputSerializer(8);
    DataInputDeserializer in = new DataInputDeserializer(following);
    serializer(type).copy(in, out);
    assertThat(out.getCopyOfBuffer()).isEqualTo(bytes);
    assertThat(in.available()).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("values")
  <T> void isRestoredFromItsSnapshot(TypeInformation<T> type, T value) throws IOException {
    TypeSerializer<T> serializer = serializer(type);
    DataOutputSerializer out = new DataOutputSerializer(8);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    TypeSerializerSnapshot<T> snapshot =
        TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAsIs())
        .isTrue();
    assertThat(
            snapshot
                .restoreSerializer()
                .deserialize(new DataInputDeserializer(write(serializer, value))))
        .usingRecursiveComparison()
        .isEqualTo(value);
  }

  /**
   * Observations waiting for the watermark are stored in this form; savepoints must stay readable.
   */
  @Test
  void theStoredFormOfAnObservationIsFrozen() throws IOException {
    SourceRecord record =
        new SourceRecord(
            new SourcePosition("t", 3, 9),
            11,
            null,
            new byte[] {1, 2},
            List.of(new SourceRecord.Header("€", new byte[] {3})));
    Observation observation = new Observation("AB", 5, new double[] {1.5}, 7, record);
    String expected =
        "01 00000004 4142" // version, key
            + "0000000000000005" // event time
            + "00000001 3ff8000000000000" // values
            + "0000000000000007" // sequence
            + "01 02" // there is a record, its version
            + "01 00000002 74 00000003 0000000000000009 ffffffff" // its position
            + "000000000000000b" // timestamp
            + "ffffffff" // no key
            + "00000002 0102" // value
            + "00000001 00000003 20ac 00000001 03"; // headers
    byte[] bytes = HexFormat.of().parseHex(expected.replace(" ", ""));
    TypeSerializer<Observation> serializer = serializer(StreamTypes.OBSERVATION);
    assertThat(write(serializer, observation)).isEqualTo(bytes);
    assertThat(serializer.deserialize(new DataInputDeserializer(bytes)))
        .usingRecursiveComparison()
        .isEqualTo(observation);
    byte[] withoutIndex =
        HexFormat.of()
            .parseHex(
                expected
                    .replace("01 02" + "01 0", "01 01" + "01 0")
                    .replace("09 ffffffff", "09")
                    .replace(" ", ""));
    assertThat(serializer.deserialize(new DataInputDeserializer(withoutIndex)))
        .usingRecursiveComparison()
        .isEqualTo(observation);
  }

  @Test
  void whatWaitsIsStoredWithTheHashOfItsFields() throws IOException {
    WaitingObservation waiting =
        new WaitingObservation(
            WaitingObservation.hash(List.of("bid", "ask")), Observation.of("AB", 5, 1.5));
    TypeSerializer<WaitingObservation> serializer = WaitingObservationSerializer.INSTANCE;
    byte[] bytes = write(serializer, waiting);
    assertThat(HexFormat.of().formatHex(bytes, 0, 5)).isEqualTo("01" + "6593a0e5");
    assertThat(Arrays.copyOfRange(bytes, 5, bytes.length))
        .isEqualTo(write(serializer(StreamTypes.OBSERVATION), waiting.observation()));
    assertThat(serializer.deserialize(new DataInputDeserializer(bytes)))
        .usingRecursiveComparison()
        .isEqualTo(waiting);
    assertThat(WaitingObservation.hash(List.of("ask", "bid"))).isNotEqualTo(waiting.fields());
    assertThat(WaitingObservation.hash(List.of("b", "idask"))).isNotEqualTo(waiting.fields());
  }

  @ParameterizedTest
  @ValueSource(ints = {18, 70})
  void refusesANegativeCount(int place) throws IOException {
    byte[] bytes =
        write(ObservationSerializer.INSTANCE, new Observation("k", 5, new double[0], 7, TOMBSTONE));
    bytes[place - 4] = (byte) 0x80;
    assertThatThrownBy(
            () -> ObservationSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected a count of at least 0, got -2147483648");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 31})
  void refusesAnotherVersion(int place) throws IOException {
    WaitingObservation waiting =
        new WaitingObservation(1, new Observation("", 5, new double[0], 7, TOMBSTONE));
    byte[] bytes = write(WaitingObservationSerializer.INSTANCE, waiting);
    bytes[place] = 3;
    assertThatThrownBy(
            () ->
                WaitingObservationSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "(waiting observation|observation|source record): expected version [12], got 3; .*");
  }

  private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
    return type.createSerializer(
        new org.apache.flink.api.common.ExecutionConfig().getSerializerConfig());
  }

  private static <T> byte[] write(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }
}
