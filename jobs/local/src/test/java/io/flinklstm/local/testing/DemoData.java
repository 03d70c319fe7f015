package io.flinklstm.local.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.local.ticks.CsvTicks;
import io.flinklstm.local.ticks.Tick;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The bundled model and trades, read from the class path as the demo reads them. */
public final class DemoData {

  private static final ObjectMapper JSON = new ObjectMapper();

  private DemoData() {}

  public static Path unpackModel(Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.write(file, resource("model/bitstamp-btcusd.safetensors").readAllBytes());
    return file;
  }

  public static ForecastModel model() throws IOException {
    return ModelFiles.read(
        resource("model/bitstamp-btcusd.safetensors").readAllBytes(), "bundled model");
  }

  /** Random weights with the bundled model card, wide enough that keys are advanced together. */
  public static ForecastModel wideModel() throws IOException {
    ModelCard card = model().card();
    int inputSize = card.features().size();
    int hiddenSize = 128;
    Random random = new Random(3);
    return new ForecastModel(
        new LstmWeights(
            new LstmConfig(inputSize, hiddenSize, 1, card.horizon()),
            List.of(
                new LstmWeights.Layer(
                    floats(random, 4 * hiddenSize * inputSize),
                    floats(random, 4 * hiddenSize * hiddenSize),
                    floats(random, 4 * hiddenSize),
                    floats(random, 4 * hiddenSize))),
            floats(random, card.horizon() * hiddenSize),
            floats(random, card.horizon())),
        card);
  }

  private static float[] floats(Random random, int count) {
    float[] floats = new float[count];
    for (int k = 0; k < count; k++) {
      floats[k] = (random.nextFloat() - 0.5f) * 0.2f;
    }
    return floats;
  }

  public static List<Tick> trades(int count) throws IOException {
    List<Tick> trades = new ArrayList<>();
    try (CsvTicks ticks =
        new CsvTicks(
            resource("data/bitstamp_trades_from_20131125_usd.csv.gz"),
            "bundled trades",
            new CsvTicks.Columns(null, "BTCUSD", "timestamp", TimeFormat.S))) {
      while (ticks.hasNext() && trades.size() < count) {
        trades.add(ticks.next());
      }
    }
    return trades;
  }

  /** Reads a record of the ticks topic by means other than the job's; null if it is not JSON. */
  public static Observation observation(ConsumerRecord<byte[], byte[]> record) {
    try {
      JsonNode node = JSON.readTree(record.value());
      return node.has("price")
          ? Observation.of(
              node.get("key").textValue(),
              node.get("event_time").longValue(),
              node.get("price").doubleValue(),
              node.get("amount").doubleValue())
          : null;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static InputStream resource(String name) {
    return DemoData.class.getClassLoader().getResourceAsStream(name);
  }
}
