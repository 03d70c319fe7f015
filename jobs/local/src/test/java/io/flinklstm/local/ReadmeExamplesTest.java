package io.flinklstm.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.ReadmeExamples;
import io.flinklstm.local.testing.ReadmeExamples.Trade;
import io.flinklstm.math.KernelType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeExamplesTest {

  @TempDir private Path folder;

  @Test
  void dataStreamExampleForecastsWhatAPlainLoopForecasts() throws Exception {
    List<Trade> trades = new ArrayList<>();
    for (int k = 0; k < 50; k++) {
      trades.add(new Trade("BTCUSD", 1_385_337_600_000L + 500L * k, 800 + k % 7, 0.1 * k));
    }
    Forecaster forecaster = new Forecaster(DemoData.model(), KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    List<double[]> expected = new ArrayList<>();
    for (Trade t : trades) {
      Prediction prediction =
          (Prediction)
              forecaster.advance(
                  Observation.of(t.symbol(), t.epochMillis(), t.price(), t.amount()), state);
      expected.add(prediction.forecasts());
    }

    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    List<double[]> actual = new ArrayList<>();
    try (CloseableIterator<Prediction> predictions =
        ReadmeExamples.forecast(env.fromData(trades), DemoData.unpackModel(folder))
            .executeAndCollect()) {
      predictions.forEachRemaining(prediction -> actual.add(prediction.forecasts()));
    }
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }

  @Test
  void consumerAcceptsEveryReadyPredictionOnce() {
    Predicate<JsonNode> readyOnce = ReadmeExamples.readyOnce(2);
    assertThat(readyOnce).rejects(prediction("WARMING_UP", "a"));
    assertThat(readyOnce).accepts(prediction("READY", "a"), prediction("READY", "b"));
    assertThat(readyOnce).rejects(prediction("READY", "a"), prediction("READY", "b"));
    assertThat(readyOnce).accepts(prediction("READY", "c"), prediction("READY", "a"));
  }

  private static JsonNode prediction(String status, String id) {
    return JsonNodeFactory.instance.objectNode().put("status", status).put("prediction_id", id);
  }
}
