package io.flinklstm.jobs.record;

import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.flinklstm.forecast.Observation;
import io.flinklstm.jobs.record.avro.AvroSchemas;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.SingleReader;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record reads the same, to the bit, in every format. */
class SameObservationsTest {

  private static final int RECORDS = 20_000;
  private static final long MAX_TIME = 4_102_444_800_000L; // 2100
  private static final List<String> FIELDS = List.of("bid", "ask");
  private static final RecordFormat FORMAT =
      new RecordFormat("key", "event_time", TimeFormat.MS, "seq", Duration.ofDays(100_000));
  private static final String SCHEMA = AvroSchemas.ofObservations(FORMAT, FIELDS);

  private final SingleReader json = new SingleReader(FIELDS, FORMAT);
  private final SingleReader csv =
      new SingleReader(FIELDS, FORMAT.asCsv(List.of("key", "event_time", "seq", "bid", "ask")));
  private final SingleReader avro = new SingleReader(FIELDS, FORMAT.asAvro(SCHEMA));
  private final Schema schema = new Schema.Parser().parse(SCHEMA);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomRecordsAreTheSameObservations(long seed) throws Exception {
    Random random = new Random(seed);
    for (int k = 0; k < RECORDS; k++) {
      String key = key(random);
      long time = (long) (random.nextDouble() * MAX_TIME);
      long sequence = random.nextLong() >> random.nextInt(64);
      String bid = number(random);
      String ask = number(random);
      if (sequence == Observation.NO_SEQUENCE || !isFinite(bid) || !isFinite(ask)) {
        continue;
      }
      Observation fromJson =
          json.parse(
              withValue(
                  "{\"key\":\""
                      + new String(JsonStringEncoder.getInstance().quoteAsString(key))
                      + "\",\"event_time\":"
                      + time
                      + ",\"seq\":"
                      + sequence
                      + ",\"bid\":"
                      + bid
                      + ",\"ask\":"
                      + ask
                      + "}"));
      String line = String.join(",", cell(key), "" + time, "" + sequence, bid, ask);
      assertSame(csv.parse(withValue(line)), fromJson);
      GenericData.Record record = new GenericData.Record(schema);
      record.put("key", key);
      record.put("event_time", time);
      record.put("seq", sequence);
      record.put("bid", fromJson.values()[0]);
      record.put("ask", fromJson.values()[1]);
      assertSame(avro.parse(withValue(AvroBytes.of(record))), fromJson);
    }
  }

  private static void assertSame(Observation actual, Observation expected) {
    assertThat(actual.key()).isEqualTo(expected.key());
    assertThat(actual.eventTime()).isEqualTo(expected.eventTime());
    assertThat(actual.sequence()).isEqualTo(expected.sequence());
    for (int k = 0; k < FIELDS.size(); k++) {
      assertThat(Double.doubleToRawLongBits(actual.values()[k]))
          .as("%s and %s", actual, expected)
          .isEqualTo(Double.doubleToRawLongBits(expected.values()[k]));
    }
  }

  private static boolean isFinite(String number) {
    return Double.isFinite(Double.parseDouble(number));
  }

  private static String key(Random random) {
    String characters = "abcdeE0123 ,\"\n\r\t;#é\u2028\uFEFF";
    StringBuilder key = new StringBuilder("k");
    for (int length = random.nextInt(20); length > 0; length--) {
      if (random.nextInt(16) == 0) {
        key.appendCodePoint(0x1F600 + random.nextInt(64));
      } else {
        key.append(characters.charAt(random.nextInt(characters.length())));
      }
    }
    return key.toString();
  }

  private static String cell(String key) {
    return "\"" + key.replace("\"", "\"\"") + "\"";
  }

  private static String number(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> {
        double value = Double.longBitsToDouble(random.nextLong());
        yield Double.isFinite(value) ? Double.toString(value) : "-0";
      }
      case 1 -> Long.toString(random.nextLong() >> random.nextInt(64));
      case 2 -> BigDecimal.valueOf(random.nextLong(), random.nextInt(40)).toPlainString();
      default -> Integer.toString(random.nextInt(100_000)) + "." + random.nextInt(100);
    };
  }
}
