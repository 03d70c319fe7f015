package io.flinklstm.train.backtest;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.ForecastRun;
import io.flinklstm.train.data.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges a model on the past: compares what it would have forecast, event by event, with what came,
 * with the forecast that nothing changes, and with a {@linkplain Ridge ridge regression} on the
 * last values of the target. States begin at the first row of a stream, so they are warm where the
 * judged part begins; a forecast counts if its state is warm and everything it forecasts lies
 * within the part. Not thread-safe.
 */
public final class Backtest {

  /** The maximum number of lags of the ridge regression. */
  public static final int MAX_LAGS = 100;

  private final ForecastModel model;
  private final LstmKernel kernel;

  public Backtest(ForecastModel model, LstmKernel kernel) {
    this.model = model;
    this.kernel = kernel;
  }

  /** As {@link #run(Dataset, Split.Part, String, Consumer)}, without looking at predictions. */
  public BacktestReport run(Dataset dataset, Split.Part part, String sha256) {
    return run(dataset, part, sha256, prediction -> {});
  }

  /**
   * Runs the model over every stream and judges it.
   *
   * @param dataset whose card may differ from the model's only in its provenance
   * @param part the part to judge
   * @param sha256 of the history, for the report
   * @param predictions receives those that follow a row of the part or forecast only rows of it,
   *     stream by stream in order
   * @throws IllegalArgumentException if the model's output is not finite
   */
  public BacktestReport run(
      Dataset dataset, Split.Part part, String sha256, Consumer<Prediction> predictions) {
    int horizon = model.card().horizon();
    List<TargetScale> scales = new ArrayList<>();
    List<StreamForecasts> judged = new ArrayList<>();
    List<StreamForecasts> validation = new ArrayList<>();
    ForecastRun run = new ForecastRun(model, kernel);
    for (EncodedSeries stream : dataset.series()) {
      TargetScale scale = TargetScale.of(dataset, stream);
      scales.add(scale);
      judged.add(new StreamForecasts(stream, scale, horizon));
      validation.add(new StreamForecasts(stream, scale, horizon));
      forecast(run, dataset, part, last(judged), last(validation), predictions);
    }
    Ridge ridge = Ridge.fit(dataset, scales, Math.min(MAX_LAGS, model.card().lookback()));
    StreamScores all = new StreamScores(horizon);
    List<BacktestReport.Key> keys = new ArrayList<>();
    for (StreamForecasts forecasts : judged) {
      double[] z = forecasts.scale().inUnits(dataset, forecasts.stream());
      StreamScores scores = StreamScores.of(forecasts, horizon, ridge, z);
      all.addAll(scores);
      keys.add(key(forecasts, scores));
    }
    Calibration calibration = Residuals.calibration(validation, judged, horizon);
    boolean hasUnit = keys.size() == 1;
    return new BacktestReport(
        modelFacts(),
        dataFacts(dataset, part, sha256, all.origins(), ridge),
        all.mean(hasUnit),
        all.steps(hasUnit),
        keys,
        calibration,
        Plots.of(judged, calibration, horizon));
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }

  private static void forecast(
      ForecastRun run,
      Dataset dataset,
      Split.Part part,
      StreamForecasts judged,
      StreamForecasts validation,
      Consumer<Prediction> predictions) {
    EncodedSeries stream = judged.stream();
    int begin = dataset.begin(part, stream);
    int end = dataset.end(part, stream);
    int endRow = Math.max(end, dataset.end(Split.Part.VALIDATION, stream));
    run.over(
        stream,
        stream.indexOfRow(endRow),
        (index, prediction) -> {
          boolean ready = prediction.status() == Prediction.Status.READY;
          boolean origin = dataset.isOrigin(stream, index, part);
          if (ready && origin) {
            judged.add(index, prediction.forecasts());
          }
          if (ready && dataset.isOrigin(stream, index, Split.Part.VALIDATION)) {
            validation.add(index, prediction.forecasts());
          }
          int row = stream.row(index);
          if (origin || row >= begin && row < end) {
            predictions.accept(prediction);
          }
        });
  }

  private static BacktestReport.Key key(StreamForecasts forecasts, StreamScores scores) {
    return new BacktestReport.Key(
        forecasts.stream().series().key(),
        forecasts.stream().series().size(),
        forecasts.scale().unit(),
        scores.mean(true),
        scores.steps(true));
  }

  private BacktestReport.Model modelFacts() {
    ModelCard card = model.card();
    Feature target = card.features().get(card.targetIndex());
    return new BacktestReport.Model(
        card.name(),
        card.version(),
        model.id().hashString(),
        card.target(),
        target.formula().toString(),
        target.transform().cardName(),
        card.context().name().toLowerCase(Locale.ROOT),
        card.lookback(),
        card.horizon(),
        model.weights().config().hiddenSize(),
        model.weights().config().numLayers());
  }

  private static BacktestReport.Data dataFacts(
      Dataset dataset, Split.Part part, String sha256, long origins, @Nullable Ridge ridge) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (EncodedSeries stream : dataset.series()) {
      for (int row = dataset.begin(part, stream); row < dataset.end(part, stream); row++) {
        first = Math.min(first, stream.series().eventTime(row));
        last = Math.max(last, stream.series().eventTime(row));
      }
    }
    return new BacktestReport.Data(
        sha256,
        dataset.rows(),
        dataset.series().size(),
        dataset.split(),
        part,
        first > last ? null : first,
        first > last ? null : last,
        origins,
        ridge == null ? 0 : ridge.lags());
  }
}
