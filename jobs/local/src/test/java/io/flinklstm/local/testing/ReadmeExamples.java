package io.flinklstm.local.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.StreamTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The Java examples of the documents, compiled and run by tests. */
public final class ReadmeExamples {

  private ReadmeExamples() {}

  // tag::datastream[]
  /** Your own event type. */
  public record Trade(String symbol, long epochMillis, double price, double amount) {}

  public static SingleOutputStreamOperator<Prediction> forecast(DataStream<Trade> trades, Path file)
      throws IOException {
    // Read once, here; the model travels to the tasks inside the job.
    ForecastModel model = ModelFiles.read(Files.readAllBytes(file), file.toString());
    SingleOutputStreamOperator<Prediction> predictions =
        trades
            // The values in the order of model.card().fields(): here price, amount.
            .map(t -> Observation.of(t.symbol(), t.epochMillis(), t.price(), t.amount()))
            .returns(StreamTypes.OBSERVATION)
            .keyBy(Observation::key)
            .process(new LstmForecastFunction(model))
            .uid("lstm-forecast");
    predictions.getSideOutput(LstmForecastFunction.LATE).print("late").uid("print-late");
    predictions.getSideOutput(LstmForecastFunction.DEAD_LETTERS).print("bad").uid("print-bad");
    return predictions;
  }

  // end::datastream[]

  // tag::consumer[]
  public static void consume(String brokers, int count) {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers", brokers,
            "group.id", "my-consumer",
            "auto.offset.reset", "earliest",
            "isolation.level", "read_committed"); // for exactly-once; harmless otherwise
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("predictions"));
      for (int seen = 0; seen < count; ) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
          System.out.println(record.key() + " " + record.value());
          seen++;
        }
      }
    }
  }

  // end::consumer[]

  // tag::ready[]
  /** Accepts every READY prediction once, comparing its id with those of the last accepted ones. */
  public static Predicate<JsonNode> readyOnce(int remembered) {
    Set<String> seen =
        Collections.newSetFromMap(
            new LinkedHashMap<String, Boolean>() {
              @Override
              protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > remembered;
              }
            });
    return prediction ->
        prediction.path("status").asText().equals("READY")
            && seen.add(prediction.path("prediction_id").asText());
  }

  // end::ready[]

  // tag::avro[]
  static GenericRecord prediction(Schema schema, byte[] value) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, null);
    return new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
  }
  // end::avro[]
}
