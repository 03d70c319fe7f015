package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.testing.CapturedLog;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times that the job accepts although they cannot be right, through a real broker and job. */
class ClocksITCase {

  @TempDir private Path folder;

  @Test
  void theLogTellsOfAWrongUnitAndOfATickAhead() throws Exception {
    try (CapturedLog log = new CapturedLog("io.flinklstm.jobs.ClockCheck");
        LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job = LocalFlink.submit(folder, cluster, kafka, "at-least-once", Map.of());
      for (int tick = 0; tick < 4; tick++) {
        send(kafka, "SECONDS", 1_700_000_000L + 60 * tick);
      }
      kafka.flush();
      LocalKafka.await("four predictions", () -> kafka.count(LocalKafka.PREDICTIONS) == 4);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("got 1970-01-20T16:13:20Z for 1700000000 read as ms in ticks-0@0")
          .endsWith("; likely lstm.source.time-format: s");

      long now = System.currentTimeMillis();
      send(kafka, "AHEAD", now - 60_000);
      send(kafka, "AHEAD", now + 240_000);
      send(kafka, "AHEAD", now - 58_000);
      send(kafka, "AHEAD", now + 3_540_000);
      kafka.flush();
      LocalKafka.await(
          "a late tick and a dead letter",
          () -> kafka.count(LocalKafka.LATE) == 1 && kafka.count(LocalKafka.DEAD_LETTERS) == 1);
      assertThat(log.messages())
          .hasSize(2)
          .last()
          .asString()
          .startsWith("event time of key AHEAD in ticks-0@5: expected at most the record's");
      job.cancel().get();
    }
  }

  private static void send(LocalKafka kafka, String key, long eventTime) {
    String tick = "{\"key\":\"%s\",\"event_time\":%d,\"price\":51.5,\"amount\":1}";
    kafka.send(key, tick.formatted(key, eventTime).getBytes(StandardCharsets.UTF_8));
  }
}
