package io.flinklstm.train;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.ForecastRun;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.Loss;

/**
 * The error of a model on the validation part: the mean loss of its forecasts, made event by event
 * as a job makes them, in scaled units. Not thread-safe.
 */
final class Validation {

  private final Dataset dataset;
  private final Feature target;
  private final Loss loss;
  private double sum;
  private long count;

  Validation(Dataset dataset, Loss loss) {
    this.dataset = dataset;
    this.target = dataset.card().features().get(dataset.card().targetIndex());
    this.loss = loss;
  }

  /**
   * Infinity if the model's output, as a number or as a scaled target, is not finite; NaN if the
   * part has nothing to forecast.
   */
  double error(ForecastModel model, LstmKernel kernel) {
    sum = 0;
    count = 0;
    ForecastRun run = new ForecastRun(model, kernel);
    for (EncodedSeries series : dataset.series()) {
      int end = series.indexOfRow(dataset.end(Split.Part.VALIDATION, series));
      try {
        run.over(
            series,
            begin(series),
            end,
            (index, prediction) -> {
              if (series.steps(index) >= dataset.card().lookback()
                  && dataset.isOrigin(series, index, Split.Part.VALIDATION)) {
                add(series, index, prediction.forecasts());
              }
            });
      } catch (ForecastRun.NoForecastException notFinite) {
        return Double.POSITIVE_INFINITY;
      }
    }
    // A forecast that the target's transform cannot take, such as a size of -1, is no better.
    return count > 0 && Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum / count;
  }

  /**
   * Where the state has to begin for the part's forecasts to be those of the job. Rows that have
   * left the window do not matter, except the row before its first one, which differences need.
   */
  private int begin(EncodedSeries series) {
    ModelCard card = dataset.card();
    int first = series.indexOfRow(dataset.begin(Split.Part.VALIDATION, series)) - 1;
    return card.context() == ModelCard.Context.CARRY ? 0 : Math.max(0, first - card.lookback());
  }

  /**
   * Adds the loss of a forecast path; it and the actual path are scaled as the model's target is.
   */
  private void add(EncodedSeries series, int index, double[] forecasts) {
    double last = series.value(index);
    for (int k = 0; k < forecasts.length; k++) {
      float output = (float) target.scale(forecasts[k], last);
      sum += loss.value(output, (float) series.target(index + k + 1), k);
      count++;
      last = forecasts[k];
    }
  }
}
