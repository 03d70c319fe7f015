package io.flinklstm.local.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.ticks.Tick;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forecasts that a backtest judges are, to the bit, those of the job for the same rows. */
class BacktestITCase {

  private static final int ROWS = 1500;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void aBacktestForecastsWhatTheJobForecasts() throws Exception {
    Path data = ticks();
    String[] columns = {"--key-field", "key", "--time-field", "time"};
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job = LocalFlink.submit(folder, cluster, kafka, "at-least-once", Map.of());
      CommandRun replay =
          run(
              columns,
              "replay",
              "--bootstrap-server",
              kafka.bootstrapServers(),
              "--file",
              data + "");
      assertThat(replay.exitCode()).as(replay.err()).isZero();
      LocalKafka.await(
          "an outcome for every row",
          () ->
              kafka.count(LocalKafka.PREDICTIONS)
                      + kafka.count(LocalKafka.LATE)
                      + kafka.count(LocalKafka.DEAD_LETTERS)
                  == 2 * ROWS);
      job.cancel().get();
      assertThat(kafka.count(LocalKafka.LATE)).isPositive();
      assertThat(kafka.count(LocalKafka.DEAD_LETTERS)).isPositive();

      Path predictions = folder.resolve("predictions.jsonl");
      CommandRun backtest =
          run(
              columns,
              "backtest",
              "--model",
              folder.resolve("model.safetensors").toString(),
              "--data",
              data.toString(),
              "--part",
              "all",
              "--predictions",
              predictions.toString());
      assertThat(backtest.exitCode()).as(backtest.err()).isZero();
      List<ObjectNode> ofTheJob = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : kafka.read(LocalKafka.PREDICTIONS)) {
        ofTheJob.add(withoutId(record.value()));
      }
      List<ObjectNode> ofTheBacktest = new ArrayList<>();
      for (String line : Files.readAllLines(predictions)) {
        ofTheBacktest.add(withoutId(line.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      }
      assertThat(ofTheBacktest)
          .hasSizeGreaterThan(2 * ROWS - 200)
          .containsExactlyInAnyOrderElementsOf(ofTheJob);
    }
  }

  /** Trades of two keys, now and then one that is late or cannot be read. */
  private Path ticks() throws IOException {
    StringBuilder text = new StringBuilder("time,key,price,amount\n");
    int row = 0;
    for (Tick trade : DemoData.trades(ROWS)) {
      row++;
      for (String key : List.of("a", "b")) {
        long time = trade.eventTime() - (row % 100 == 0 ? 3_600_000 : 0);
        String amount = row % 70 == 0 ? "many" : trade.values().get(1);
        text.append(time).append(',').append(key).append(',');
        text.append(trade.values().get(0)).append(',').append(amount).append('\n');
      }
    }
    return Files.writeString(folder.resolve("ticks.csv"), text.toString());
  }

  /** The backtest knows no topic, so its predictions have no id. */
  private static ObjectNode withoutId(byte[] prediction) throws IOException {
    ObjectNode node = (ObjectNode) JSON.readTree(prediction);
    node.remove("prediction_id");
    return node;
  }

  private static CommandRun run(String[] columns, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(columns));
    return CommandRun.of(all.toArray(String[]::new));
  }
}
