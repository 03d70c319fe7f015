package io.flinklstm.local.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.testing.TickFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training on a topic gives the same model, to the byte, as training on the file replayed to it.
 */
class TrainTopicITCase {

  @TempDir private Path folder;

  @Test
  void aTopicTeachesWhatTheFileTeachesThatWasReplayedToIt() throws Exception {
    Path data = TickFiles.csv(folder.resolve("ticks.csv"), 400, "a", "b", "c");
    Files.writeString(folder.resolve("train.yaml"), TickFiles.CONFIG);
    byte[] expected =
        train(
            "file",
            "--data",
            data.toString(),
            "--key-field",
            "symbol",
            "--time-field",
            "ts",
            "--time-format",
            "s");
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1)) {
      String server = kafka.bootstrapServers();
      CommandRun replay =
          CommandRun.of(
              "replay",
              "--bootstrap-server",
              server,
              "--file",
              data.toString(),
              "--key-field",
              "symbol",
              "--time-field",
              "ts",
              "--time-format",
              "s");
      assertThat(replay.exitCode()).as(replay.err()).isZero();
      assertThat(train("topic", "--bootstrap-server", server, "--topic", LocalKafka.TICKS))
          .isEqualTo(expected);

      kafka.createTopic("lines", 1, Map.of());
      for (String line : Files.readAllLines(data)) {
        kafka.send(
            new ProducerRecord<>("lines", line.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      }
      kafka.flush();
      Path source =
          Files.writeString(
              folder.resolve("job.yaml"),
              """
              lstm.source:
                format: csv
                csv-columns: ts,symbol,price,size
                key-field: symbol
                time-field: ts
                time-format: s
              """);
      // The header line is a record that the job would refuse.
      assertThat(
              train(
                  "lines",
                  "--bootstrap-server",
                  server,
                  "--topic",
                  "lines",
                  "--source-config",
                  source.toString()))
          .isEqualTo(expected);

      assertThat(CommandRun.of(arguments("none", "--bootstrap-server", server, "--topic", "tocks")))
          .extracting(CommandRun::err)
          .asString()
          .contains("--topic: expected a topic, got none named tocks");
      kafka.createTopic("empty", 3, Map.of());
      assertThat(CommandRun.of(arguments("none", "--bootstrap-server", server, "--topic", "empty")))
          .extracting(CommandRun::err)
          .asString()
          .contains("--topic empty: expected observations that can be used, got no rows");
    }
  }

  private byte[] train(String out, String... data) throws Exception {
    CommandRun run = CommandRun.of(arguments(out, data));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Files.readAllBytes(folder.resolve(out));
  }

  private String[] arguments(String out, String... data) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--config",
                folder.resolve("train.yaml").toString(),
                "--out",
                folder.resolve(out).toString()));
    arguments.addAll(List.of(data));
    return arguments.toArray(String[]::new);
  }
}
