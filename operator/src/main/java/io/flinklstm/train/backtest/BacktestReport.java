package io.flinklstm.train.backtest;

import io.flinklstm.train.data.Split;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How good a model is on a part of a history. Numbers that cannot be computed are NaN.
 *
 * @param model what was judged
 * @param data what it was judged on
 * @param mean over all keys and horizon steps
 * @param horizons over all keys, for each horizon step
 * @param keys each key by itself, in the order of the dataset's streams
 * @param calibration of the errors, or null if the judged or the validation part has none
 * @param plots some of the streams
 */
public record BacktestReport(
    Model model,
    Data data,
    Score mean,
    List<Score> horizons,
    List<Key> keys,
    @Nullable Calibration calibration,
    List<PlotSeries> plots) {

  /**
   * @param name in the model card
   * @param version in the model card
   * @param hash of weights and card, hexadecimal
   * @param target the feature that is forecast
   * @param formula of the target
   * @param transform of the target, as in the card
   * @param context how the past reaches the model, as in the card
   * @param lookback steps until a state is warm
   * @param horizon steps forecast
   * @param hiddenSize width of h and c
   * @param numLayers LSTM layers
   */
  public record Model(
      String name,
      String version,
      String hash,
      String target,
      String formula,
      String transform,
      String context,
      int lookback,
      int horizon,
      int hiddenSize,
      int numLayers) {}

  /**
   * @param sha256 of the history
   * @param rows of all streams, those of the other parts included
   * @param keys number of streams
   * @param split of each stream
   * @param part that was judged
   * @param firstEventTime of the judged part's rows, epoch milliseconds, or null if there are none
   * @param lastEventTime of the judged part's rows, or null
   * @param origins forecasts judged, each with all of its horizon steps
   * @param ridgeLags values that the ridge regression sees; 0 if it could not be fitted
   */
  public record Data(
      String sha256,
      long rows,
      int keys,
      Split split,
      Split.Part part,
      @Nullable Long firstEventTime,
      @Nullable Long lastEventTime,
      long origins,
      int ridgeLags) {}

  /**
   * @param key the stream
   * @param rows number of its rows
   * @param unit of moves: the standard deviation of the transformed target in its training rows
   * @param mean over all horizon steps
   * @param horizons for each horizon step
   */
  public record Key(String key, long rows, double unit, Score mean, List<Score> horizons) {}
}
