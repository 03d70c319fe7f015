package io.flinklstm.jobs.record;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.ForecastSettings;
import io.flinklstm.stream.LstmForecastFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

/** The worked examples in docs/outcomes.md come true. */
class ReadmeOutcomesTest {

  private static final Pattern ROW = Pattern.compile("\\| `(\\{\"key\".*?\\})` \\| (.*?) \\| .*");
  private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");
  private static final long OLD_TIMESTAMP = 102_000;

  private record Example(String record, String outcome) {

    long seq() {
      Matcher seq = SEQ.matcher(record);
      assertThat(seq.find()).isTrue();
      return Long.parseLong(seq.group(1));
    }
  }

  @Test
  void inArrivalOrder() throws Exception {
    List<Example> examples = examples("A");
    assertThat(examples).hasSize(12);
    assertThat(outcomes(examples, Duration.ZERO, ModelCard.GapPolicy.RESET))
        .containsExactlyElementsOf(examples.stream().map(Example::outcome).toList());
    assertThat(outcomes(examples, Duration.ZERO, ModelCard.GapPolicy.KEEP).get(10))
        .isEqualTo("`READY step 5 gap_ms 98000`");
  }

  @Test
  void inOrderOfTime() throws Exception {
    List<Example> examples = examples("B");
    assertThat(examples).hasSize(7);
    assertThat(outcomes(examples, Duration.ofSeconds(2), ModelCard.GapPolicy.RESET))
        .containsExactlyElementsOf(examples.stream().map(Example::outcome).toList());
  }

  private static List<Example> examples(String key) throws IOException {
    List<Example> examples = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "outcomes.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && row.group(1).contains("\"key\":\"" + key + "\"")) {
        examples.add(new Example(row.group(1), row.group(2)));
      }
    }
    return examples;
  }

  private static List<String> outcomes(
      List<Example> examples, Duration outOfOrderness, ModelCard.GapPolicy gapPolicy)
      throws Exception {
    ForecastModel model = model();
    SingleReader parser =
        new SingleReader(
            model.card().fields(),
            new RecordFormat("key", "event_time", TimeFormat.S, "seq", Duration.ofMinutes(30)));
    ForecastSettings settings =
        new ForecastSettings(
            new StreamPolicy(Duration.ofMinutes(1), gapPolicy, Duration.ofHours(1)),
            outOfOrderness,
            1000,
            KernelType.PLAIN,
            OnModelChange.FAIL);
    List<String> outcomes = new ArrayList<>();
    try (KeyedOneInputStreamOperatorTestHarness<String, Observation, Prediction> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new LstmForecastFunction(model, settings)),
            Observation::key,
            Types.STRING)) {
      harness.open();
      long newest = 0;
      for (Example example : examples) {
        Observation observation;
        try {
          observation = parser.parse(source(example));
        } catch (RejectedRecordException e) {
          outcomes.add("`dead letter " + e.rejection().code() + "`");
          continue;
        }
        harness.processElement(new StreamRecord<>(observation));
        List<String> own = take(harness);
        newest = Math.max(newest, observation.eventTime());
        harness.processWatermark(newest - outOfOrderness.toMillis() - 1);
        List<String> released = take(harness);
        String outcome = own.isEmpty() ? "`buffered`" : own.get(0).replaceFirst("of seq \\d+ ", "");
        outcomes.add(
            released.isEmpty() ? outcome : outcome + ", and " + String.join(", ", released));
      }
    }
    return outcomes;
  }

  private static SourceRecord source(Example example) {
    Matcher time = Pattern.compile("\"event_time\":([0-9.]+)").matcher(example.record());
    assertThat(time.find()).isTrue();
    long eventTime = Math.round(1000 * Double.parseDouble(time.group(1)));
    return new SourceRecord(
        new SourcePosition("ticks", 0, example.seq()),
        example.outcome().contains("INVALID_TIME") ? OLD_TIMESTAMP : eventTime,
        null,
        utf8(example.record()),
        List.of());
  }

  /** The outcomes since the last call, with the sequence numbers, which are the offsets here. */
  private static List<String> take(
      KeyedOneInputStreamOperatorTestHarness<String, Observation, Prediction> harness) {
    List<String> outcomes = new ArrayList<>();
    for (Prediction prediction : harness.extractOutputValues()) {
      outcomes.add(
          "of seq "
              + prediction.source().offset()
              + " `"
              + prediction.status()
              + " step "
              + prediction.step()
              + (prediction.reset() == null ? "" : " reset " + prediction.reset())
              + (prediction.gapMs() == 0 ? "" : " gap_ms " + prediction.gapMs())
              + "`");
    }
    harness.getOutput().clear();
    for (Observation late : takeSide(harness, LstmForecastFunction.LATE)) {
      outcomes.add("of seq " + late.sequence() + " `late`");
    }
    for (Observation duplicate : takeSide(harness, LstmForecastFunction.DUPLICATES)) {
      outcomes.add("of seq " + duplicate.sequence() + " `duplicate`");
    }
    for (DeadLetter letter : takeSide(harness, LstmForecastFunction.DEAD_LETTERS)) {
      outcomes.add(
          "of seq "
              + letter.source().position().offset()
              + " `dead letter "
              + letter.rejection().code()
              + "`");
    }
    return outcomes;
  }

  private static <T> List<T> takeSide(
      KeyedOneInputStreamOperatorTestHarness<String, Observation, Prediction> harness,
      OutputTag<T> tag) {
    Queue<StreamRecord<T>> records = harness.getSideOutput(tag);
    List<T> values = new ArrayList<>();
    while (records != null && !records.isEmpty()) {
      values.add(records.remove().getValue());
    }
    return values;
  }

  private static ForecastModel model() {
    Feature feature =
        new Feature(
            "return",
            Formula.parse("price"),
            Transform.LOG_RETURN,
            0,
            1e-3,
            Double.POSITIVE_INFINITY,
            500);
    ModelCard card =
        new ModelCard(
            "readme",
            "1",
            3,
            1,
            ModelCard.Context.CARRY,
            null,
            ModelCard.GapPolicy.KEEP,
            List.of(feature),
            "return",
            "{}");
    LstmWeights weights =
        new LstmWeights(
            new LstmConfig(1, 1, 1, 1),
            List.of(new LstmWeights.Layer(new float[4], new float[4], null, null)),
            new float[1],
            null);
    return new ForecastModel(weights, card);
  }
}
