package io.flinklstm.local.ticks;

import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.kafka.KafkaClientOptions;
import io.flinklstm.local.kafka.TopicPartitions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints predictions from the topic until Ctrl-C. */
@Command(
    name = "consume",
    description = {
      "Prints predictions from the topic as they arrive, until Ctrl-C.",
      "Reads the JSON that the forecast job writes by default (lstm.sink.format: json)."
    },
    mixinStandardHelpOptions = true)
public final class ConsumeCommand implements Callable<Integer> {

  private static final int HEADER_EVERY = 40;

  private final Resources resources;

  @Mixin private KafkaClientOptions kafka;

  @Option(
      names = "--topic",
      defaultValue = "predictions",
      description = "The topic to read. Default: ${DEFAULT-VALUE}.")
  private String topic;

  @Option(names = "--from-beginning", description = "Start with the oldest prediction.")
  private boolean fromBeginning;

  @Option(names = "--key", description = "Print only the predictions of this stream.")
  private String key;

  @Option(
      names = "--max",
      defaultValue = "9223372036854775807",
      description = "Stop after this many predictions. Default: no limit.")
  private long max;

  public ConsumeCommand(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Integer call() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("group.id", "flink-lstm-consume-" + UUID.randomUUID());
    properties.put("enable.auto.commit", "false");
    properties.put("allow.auto.create.topics", "false");
    properties.put("auto.offset.reset", fromBeginning ? "earliest" : "latest");
    // Shows what exactly-once consumers see; makes no difference to at-least-once output.
    properties.put("isolation.level", "read_committed");
    properties.putAll(kafka.properties());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      resources.add(consumer::wakeup);
      TopicPartitions.of(consumer, topic); // fails if it is missing; subscribe would wait
      consumer.subscribe(List.of(topic));
      print(consumer);
    } catch (WakeupException closing) {
      // Ctrl-C.
    }
    return 0;
  }

  private void print(KafkaConsumer<byte[], byte[]> consumer) {
    long printed = 0;
    PredictionTable table = null;
    while (printed < max) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        PredictionRecord prediction = parse(record);
        if (prediction == null) {
          continue;
        }
        if ((key == null || key.equals(prediction.key())) && printed < max) {
          if (printed++ % HEADER_EVERY == 0) {
            table = new PredictionTable(Terminal.columns());
            System.out.println(table.header());
          }
          System.out.println(table.row(prediction));
        }
      }
    }
  }

  /** The prediction, or null if the record is not one, which is reported on the screen. */
  private static PredictionRecord parse(ConsumerRecord<byte[], byte[]> record) {
    try {
      return PredictionRecord.parse(record.value());
    } catch (IOException e) {
      Terminal.printError(
          record.topic()
              + "-"
              + record.partition()
              + "@"
              + record.offset()
              + ": expected a prediction, got something else");
      return null;
    }
  }
}
