package io.flinklstm.jobs.record;

import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.avro.AvroSchemas;
import io.flinklstm.jobs.record.json.PredictionJsonTest;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.SingleReader;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The bytes allocated to read and write a record. The limits are the size of the result itself plus
 * what a format's library allocates for each record.
 */
class RecordAllocationTest {

  private static final int RECORDS = 10_000;

  /** The JIT compiler may move or remove the allocations of one round, but not of every round. */
  private static final int ROUNDS = 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final List<String> FIELDS = List.of("price", "amount");
  private static final RecordFormat FORMAT =
      new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofHours(1));
  private static final String CSV = "BTCUSD,1385913718000,998.98,0.25";

  // Observation, array of two, key and its bytes: 40 + 32 + 24 + 24.
  private static final long OBSERVATION = 120;

  /** Holds the results, so that none can be optimised away. */
  private final Object[] sink = new Object[RECORDS];

  private interface Work {
    Object run() throws Exception;
  }

  @Test
  void aLineOfCsvCostsItsObservationOnly() throws Exception {
    SingleReader reader =
        new SingleReader(FIELDS, FORMAT.asCsv(List.of("key", "event_time", "price", "amount")));
    SourceRecord record = withValue(CSV);
    assertThat(reader.parse(record)).hasToString("BTCUSD@1385913718000[998.98, 0.25]");
    assertThat(bytesPer(() -> reader.parse(record))).isBetween(OBSERVATION / 2, OBSERVATION + 64);
  }

  @Test
  void anAvroDatumCostsItsObservationAndTheDecodersSource() throws Exception {
    SingleReader reader =
        new SingleReader(FIELDS, FORMAT.asAvro(AvroSchemas.ofObservations(FORMAT, FIELDS)));
    SourceRecord record =
        withValue(
            AvroBytes.of(
                encoder -> {
                  encoder.writeString("BTCUSD");
                  encoder.writeLong(1_385_913_718_000L);
                  encoder.writeDouble(998.98);
                  encoder.writeDouble(0.25);
                }));
    assertThat(reader.parse(record)).hasToString("BTCUSD@1385913718000[998.98, 0.25]");
    assertThat(bytesPer(() -> reader.parse(record))).isBetween(OBSERVATION / 2, OBSERVATION + 120);
  }

  @Test
  void aPredictionInAvroCostsItsBytesAndItsTexts() throws Exception {
    PredictionWriter writer = RecordCodecs.writer(ValueFormat.AVRO);
    assertThat(bytesPer(() -> writer.write(prediction()))).isLessThan(500);
  }

  @Test
  void aPredictionInCsvCostsLittleMoreThanItsTexts() throws Exception {
    PredictionWriter writer = RecordCodecs.writer(ValueFormat.CSV);
    assertThat(bytesPer(() -> writer.write(prediction()))).isLessThan(1000);
  }

  private static Prediction prediction() {
    return PredictionJsonTest.prediction("BTCUSD", null, 30, PredictionJsonTest.SOURCE);
  }

  /** The smallest allocation per record of all rounds. */
  private long bytesPer(Work work) throws Exception {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int k = 0; k < RECORDS; k++) {
        sink[k] = work.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least / RECORDS;
  }
}
