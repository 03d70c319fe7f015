package io.flinklstm.train;

import io.flinklstm.forecast.InputWindow;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.Split;
import org.jspecify.annotations.Nullable;

/**
 * What a model should output after an observation: output k-1 is the scaled target of the k-th
 * observation after it, if that is a training row and the state carries on to it.
 */
final class Targets {

  private final Dataset dataset;
  private final double clip;

  /**
   * @param clip bound of the scaled target, in standard deviations; infinity for none
   */
  Targets(Dataset dataset, double clip) {
    this.dataset = dataset;
    this.clip = clip;
  }

  /**
   * Writes the targets after an observation, NaN for those that are unknown.
   *
   * @param window the frame in which the model sees them, or null
   * @param out (horizon) numbers are written from place on. Modified
   */
  void write(
      EncodedSeries series, int index, @Nullable InputWindow window, float[] out, int place) {
    int begin = dataset.begin(Split.Part.TRAIN, series);
    int end = dataset.end(Split.Part.TRAIN, series);
    int target = dataset.card().targetIndex();
    for (int k = 1; k <= dataset.card().horizon(); k++) {
      double wanted = Double.NaN;
      if (series.isKnown(index, k, begin, end)) {
        double scaled = Math.max(-clip, Math.min(clip, series.target(index + k)));
        wanted = window == null ? scaled : window.encode(target, scaled);
      }
      float narrowed = (float) wanted;
      out[place + k - 1] = Float.isFinite(narrowed) ? narrowed : Float.NaN;
    }
  }
}
