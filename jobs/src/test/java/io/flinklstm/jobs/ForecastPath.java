package io.flinklstm.jobs;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.config.SourceTopics;
import io.flinklstm.jobs.kafka.DeadLetterRecordSerializer;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.kafka.OriginalRecordSerializer;
import io.flinklstm.jobs.kafka.ParsedRecord;
import io.flinklstm.jobs.kafka.PredictionRecordSerializer;
import io.flinklstm.jobs.kafka.TimestampLimits;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.ForecastSettings;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.StreamTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * All of the job's own code, from the consumer's record to the producer's, in Flink's operator
 * harnesses: no broker, no threads. Whatever crosses the network in a cluster is serialized here
 * too. Outputs are passed on as they come, so any number of records can be sent.
 */
final class ForecastPath implements AutoCloseable {

  /** Receives the outcomes. */
  interface Outcomes {
    void observed(Observation observation);

    void predicted(Prediction prediction, ProducerRecord<byte[], byte[]> record);

    void late(ProducerRecord<byte[], byte[]> record);

    void duplicate(ProducerRecord<byte[], byte[]> record);

    void refused(DeadLetter letter, ProducerRecord<byte[], byte[]> record);
  }

  private final Outcomes outcomes;
  private final ObservationDeserializer deserializer;
  private final OneInputStreamOperatorTestHarness<ParsedRecord, Observation> observations;
  private final KeyedOneInputStreamOperatorTestHarness<String, Observation, Prediction> forecasts;

  private final Network<Observation> observationNetwork = new Network<>(StreamTypes.OBSERVATION);
  private final Network<Prediction> predictionNetwork = new Network<>(StreamTypes.PREDICTION);
  private final Network<DeadLetter> deadLetterNetwork = new Network<>(StreamTypes.DEAD_LETTER);
  private final PredictionRecordSerializer predictionRecords;
  private final OriginalRecordSerializer originalRecords;
  private final DeadLetterRecordSerializer deadLetterRecords;

  private final List<ParsedRecord> parsed = new ArrayList<>();
  private final ListCollector<ParsedRecord> parsedCollector = new ListCollector<>(parsed);

  ForecastPath(
      ForecastModel model,
      RecordFormat format,
      ForecastSettings settings,
      long maxBytes,
      Outcomes outcomes)
      throws Exception {
    this.outcomes = outcomes;
    predictionRecords = new PredictionRecordSerializer("predictions");
    TimestampLimits limits = TimestampLimits.BROKER_DEFAULTS;
    originalRecords = new OriginalRecordSerializer("late", maxBytes, limits);
    deadLetterRecords = new DeadLetterRecordSerializer("dead-letters", maxBytes, limits);
    deserializer = new ObservationDeserializer(model.card().fields(), format);
    deserializer.open(null);
    observations =
        new OneInputStreamOperatorTestHarness<>(
            new ObservationsOperator(
                format.timeFormat(),
                "ticks-source",
                new SourceTopics(List.of(), Pattern.compile(".*"))));
    forecasts =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new LstmForecastFunction(model, settings)),
            Observation::key,
            Types.STRING);
    observations.setOutputCreator(serializer -> new ObservationsOutput());
    forecasts.setOutputCreator(serializer -> new ForecastsOutput());
    observations.open();
    forecasts.open();
  }

  void send(ConsumerRecord<byte[], byte[]> record) throws Exception {
    parsed.clear();
    deserializer.deserialize(record, parsedCollector);
    if (parsed.isEmpty()) {
      throw new AssertionError("expected one of each record or more, got none");
    }
    for (ParsedRecord one : parsed) {
      if (one.observation() != null) {
        outcomes.observed(one.observation());
      }
      observations.processElement(new StreamRecord<>(one, ObservationDeserializer.eventTime(one)));
    }
  }

  void watermark(long eventTime) throws Exception {
    observations.processWatermark(new Watermark(eventTime));
  }

  /** Ends the input, as a drain does. */
  void finish() throws Exception {
    observations.getOperator().finish();
  }

  /** The sums of the accumulators by name, as in the job's result. */
  Map<String, Long> accumulators() {
    Map<String, Long> sums = new TreeMap<>();
    for (var harness : List.of(observations, forecasts)) {
      harness
          .getEnvironment()
          .getAccumulatorRegistry()
          .getUserMap()
          .forEach(
              (name, accumulator) ->
                  sums.merge(name, (Long) accumulator.getLocalValue(), Long::sum));
    }
    return sums;
  }

  @Override
  public void close() throws Exception {
    observations.close();
    forecasts.close();
  }

  private final class ObservationsOutput extends DirectOutput<Observation> {

    @Override
    void main(Observation observation) throws Exception {
      Observation arrived = observationNetwork.send(observation);
      forecasts.processElement(new StreamRecord<>(arrived, arrived.eventTime()));
    }

    @Override
    void side(OutputTag<?> tag, Object value) throws Exception {
      refuse((DeadLetter) value);
    }

    @Override
    void watermark(Watermark watermark) throws Exception {
      forecasts.processWatermark(watermark);
    }
  }

  private final class ForecastsOutput extends DirectOutput<Prediction> {

    @Override
    void main(Prediction prediction) throws Exception {
      Prediction arrived = predictionNetwork.send(prediction);
      outcomes.predicted(arrived, predictionRecords.serialize(arrived, null, null));
    }

    @Override
    void side(OutputTag<?> tag, Object value) throws Exception {
      if (tag.equals(LstmForecastFunction.DEAD_LETTERS)) {
        refuse((DeadLetter) value);
        return;
      }
      Observation arrived = observationNetwork.send((Observation) value);
      ProducerRecord<byte[], byte[]> record = originalRecords.serialize(arrived, null, null);
      if (tag.equals(LstmForecastFunction.LATE)) {
        outcomes.late(record);
      } else {
        outcomes.duplicate(record);
      }
    }

    @Override
    void watermark(Watermark watermark) {}
  }

  private void refuse(DeadLetter letter) throws IOException {
    DeadLetter arrived = deadLetterNetwork.send(letter);
    outcomes.refused(arrived, deadLetterRecords.serialize(arrived, null, null));
  }

  /** A channel between two tasks. */
  private static final class Network<T> {

    private final TypeSerializer<T> serializer;
    private final DataOutputSerializer sent = new DataOutputSerializer(1024);
    private final DataInputDeserializer received = new DataInputDeserializer();

    Network(TypeInformation<T> type) {
      serializer = type.createSerializer(new SerializerConfigImpl());
    }

    T send(T value) throws IOException {
      sent.clear();
      serializer.serialize(value, sent);
      received.setBuffer(sent.getSharedBuffer(), 0, sent.length());
      T arrived = serializer.deserialize(received);
      if (received.available() > 0) {
        throw new AssertionError(received.available() + " bytes left of " + value);
      }
      return arrived;
    }
  }

  /**
   * Replaces the harness's own output, which keeps everything and looks up each value's type again.
   */
  private abstract static class DirectOutput<T> implements Output<StreamRecord<T>> {

    abstract void main(T value) throws Exception;

    abstract void side(OutputTag<?> tag, Object value) throws Exception;

    abstract void watermark(Watermark watermark) throws Exception;

    @Override
    public void collect(StreamRecord<T> record) {
      try {
        main(record.getValue());
      } catch (Exception e) {
        ExceptionUtils.rethrow(e);
      }
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
      try {
        side(tag, record.getValue());
      } catch (Exception e) {
        ExceptionUtils.rethrow(e);
      }
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      try {
        watermark(watermark);
      } catch (Exception e) {
        ExceptionUtils.rethrow(e);
      }
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {}

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {}

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {}

    @Override
    public void emitWatermark(WatermarkEvent event) {}

    @Override
    public void close() {}
  }
}
