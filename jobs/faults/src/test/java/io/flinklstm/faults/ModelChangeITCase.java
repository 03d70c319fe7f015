package io.flinklstm.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.faults.campaign.Servers;
import io.flinklstm.faults.process.FlinkRest;
import io.flinklstm.faults.process.Waiting;
import io.flinklstm.faults.ticks.TickFeed;
import io.flinklstm.faults.ticks.TickRecords;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Resumes a savepoint of one model with another model of different sizes. */
class ModelChangeITCase {

  private static final int TICKS = 2_000;

  @Test
  void failsAtOnceOrBeginsAnewAsConfigured() throws Exception {
    Path folder = Folders.empty("model-change");
    Path bundled = ShortCampaign.SETUP.bundledModel();
    ForecastModel model = ModelFiles.read(Files.readAllBytes(bundled), bundled.toString());
    Path other = Files.write(folder.resolve("other.safetensors"), ModelFiles.write(other(model)));
    TickRecords records = new TickRecords(1, 20, model.card().fields());
    try (Servers servers = new Servers(ShortCampaign.SETUP, folder, Map.of(), false, false);
        TickFeed feed =
            new TickFeed(servers.kafka().bootstrapServers(), records, Servers.PARTITIONS, 1000)) {
      feed.finish(TICKS);
      FlinkRest rest = servers.flink().rest();
      Path jar = Path.of("..", "target", "flink-lstm-job.jar");
      String first = servers.flink().submit(jar, servers.jobArguments(bundled, Map.of()), 2, null);
      awaitRead(rest, first);
      String savepoint = rest.stop(first, folder.resolve("savepoints"), "NATIVE");

      String refused =
          servers.flink().submit(jar, servers.jobArguments(other, Map.of()), 2, savepoint);
      Waiting.until("its end", () -> rest.status(refused).equals("FAILED"));
      assertThat(rootCause(rest, refused))
          .contains("lstm.model.on-change")
          .contains("bitstamp-btcusd");

      Map<String, String> reset = Map.of("lstm.model.on-change", "reset");
      String begun = servers.flink().submit(jar, servers.jobArguments(other, reset), 1, savepoint);
      Waiting.until("it runs", () -> rest.isRunning(begun));
      Waiting.until("it counts", () -> rest.accumulators(begun).containsKey("lstm.read"));
      // The counts continue, so the old model's state was read and not discarded.
      assertThat(rest.accumulators(begun)).containsEntry("lstm.read", (long) TICKS);
      rest.cancel(begun);
    }
  }

  private static void awaitRead(FlinkRest rest, String job) {
    Waiting.until(
        TICKS + " ticks read",
        () -> rest.accumulators(job).getOrDefault("lstm.read", 0L) == TICKS && rest.isRunning(job));
  }

  private static String rootCause(FlinkRest rest, String job) throws Exception {
    JsonNode entries = rest.get("/jobs/" + job + "/exceptions").get("exceptionHistory");
    return entries.get("entries").get(0).get("stacktrace").asText();
  }

  /** A model with the same card and two layers of 16. */
  private static ForecastModel other(ForecastModel model) {
    Random random = new Random(1);
    LstmConfig config = new LstmConfig(3, 16, 2, model.card().horizon());
    List<LstmWeights.Layer> layers = new ArrayList<>();
    for (int l = 0; l < 2; l++) {
      layers.add(
          new LstmWeights.Layer(
              floats(random, 64 * config.layerInputSize(l)),
              floats(random, 64 * 16),
              floats(random, 64),
              floats(random, 64)));
    }
    int outputs = model.card().horizon();
    return new ForecastModel(
        new LstmWeights(config, layers, floats(random, outputs * 16), floats(random, outputs)),
        model.card());
  }

  private static float[] floats(Random random, int count) {
    float[] floats = new float[count];
    for (int k = 0; k < count; k++) {
      floats[k] = random.nextFloat() / 4 - 0.125f;
    }
    return floats;
  }
}
