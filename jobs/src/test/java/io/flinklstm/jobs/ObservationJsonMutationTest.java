package io.flinklstm.jobs;

import static io.flinklstm.jobs.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObservationJsonMutationTest {

  private static final int MUTATIONS = 300_000;
  private static final ModelId MODEL = new ModelId("m", "1", 1, 17);
  private static final String GOOD =
      "{\"key\":\"EURUSD\",\"event_time\":1546300800123,\"seq\":7,\"bid\":1.5,\"ask\":-2.5e-3}";
  private static final List<byte[]> SEEDS =
      List.of(
          utf8(GOOD),
          utf8(GOOD.replace("EURUSD", "\\u00e9\\ud83d\\ude00é\uD83D\uDE00")),
          utf8(GOOD.replace("{", "{\"x\":{\"y\":[1,[2,{\"bid\":3}],null,true]},\"s\":\"\",")));
  private static final List<byte[]> TOKENS =
      List.of(
          utf8("null"),
          utf8("1e400"),
          utf8("1e-99999999999"),
          utf8("0e99999999999"),
          utf8("-"),
          utf8("0"),
          utf8("9".repeat(40)),
          utf8("\\ud83d"),
          utf8("\\"),
          utf8("\""),
          utf8("{"),
          utf8("}"),
          utf8("["),
          utf8("]"),
          utf8(","),
          utf8(":"),
          utf8("\"bid\":"),
          utf8("\"key\":"),
          utf8("NaN"),
          utf8("\uFEFF"),
          new byte[] {0},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});

  private final Random random = new Random(20190101);
  private final PredictionJson predictionJson = new PredictionJson();

  @Test
  void mutatedRecordsAreEitherUsableOrRefused() throws Exception {
    ObservationJson parser =
        new ObservationJson(
            List.of("bid", "ask"),
            new RecordFormat("key", "event_time", TimeFormat.MS, "seq", Duration.ofDays(36500)));
    int usable = 0;
    for (int k = 0; k < MUTATIONS; k++) {
      byte[] record = SEEDS.get(random.nextInt(SEEDS.size()));
      for (int times = 1 + random.nextInt(3); times > 0; times--) {
        record = mutate(record);
      }
      try {
        assertUsable(parser.parse(SourceRecords.withValue(record)));
        usable++;
      } catch (RejectedRecordException refused) {
        assertThat(refused.rejection().code()).isNotNull();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("record " + HexFormat.of().formatHex(record), e);
      }
    }
    assertThat(usable).isBetween(MUTATIONS / 50, MUTATIONS / 2);
  }

  /** Fit for the model, and a prediction for it can be written. */
  private void assertUsable(Observation observation) throws Exception {
    if (observation.defect(2) != null) {
      throw new AssertionError(observation.defect(2).message());
    }
    predictionJson.write(
        new Prediction(observation.key(), 0, MODEL, null, 0, 1, 0, observation.values(), null));
  }

  private byte[] mutate(byte[] record) {
    if (record.length == 0) {
      return record;
    }
    int from = random.nextInt(record.length);
    int to = Math.min(record.length, from + random.nextInt(8));
    return switch (random.nextInt(6)) {
      case 0 -> flip(record, from);
      case 1 -> splice(record, from, from, new byte[] {(byte) random.nextInt(256)});
      case 2 -> splice(record, from, to, new byte[0]);
      case 3 -> splice(record, from, from, Arrays.copyOfRange(record, from, to));
      case 4 -> splice(record, from, to, TOKENS.get(random.nextInt(TOKENS.size())));
      default -> splice(record, from, from, TOKENS.get(random.nextInt(TOKENS.size())));
    };
  }

  private byte[] flip(byte[] record, int index) {
    byte[] flipped = record.clone();
    flipped[index] ^= (byte) (1 << random.nextInt(8));
    return flipped;
  }

  private static byte[] splice(byte[] record, int from, int to, byte[] replacement) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(record, 0, from);
    bytes.writeBytes(replacement);
    bytes.write(record, to, record.length - to);
    return bytes.toByteArray();
  }
}
