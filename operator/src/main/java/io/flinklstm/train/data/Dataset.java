package io.flinklstm.train.data;

import io.flinklstm.forecast.ModelCard;
import java.util.List;

/**
 * A history as a model with a card reads it, and its split. Only the rows after the training part
 * depend on those rows. Immutable.
 *
 * @param card with its scalers
 * @param split of every stream
 * @param series the streams
 */
public record Dataset(ModelCard card, Split split, List<EncodedSeries> series) {

  public Dataset {
    series = List.copyOf(series);
  }

  /** Reads a history according to a card. */
  public static Dataset of(History history, ModelCard card, Split split) {
    return new Dataset(
        card,
        split,
        history.series().stream().map(stream -> new EncodedSeries(stream, card)).toList());
  }

  /** The first row of a part of a stream. */
  public int begin(Split.Part part, EncodedSeries stream) {
    return split.begin(part, stream.series().size());
  }

  /** The row after the last one of a part of a stream. */
  public int end(Split.Part part, EncodedSeries stream) {
    return split.end(part, stream.series().size());
  }

  /** Whether everything to be forecast from an observation lies within a part. */
  public boolean isOrigin(EncodedSeries stream, int index, Split.Part part) {
    return stream.isOrigin(index, begin(part, stream), end(part, stream));
  }

  /** The number of rows that a job would not apply: late, duplicate or unusable ones. */
  public long unused() {
    return series.stream().mapToLong(stream -> stream.series().size() - stream.size()).sum();
  }

  /** The number of rows of all streams. */
  public long rows() {
    return series.stream().mapToLong(stream -> stream.series().size()).sum();
  }

  /** The number of forecasts of a part that can be judged: those from warm states. */
  public long origins(Split.Part part) {
    long count = 0;
    for (EncodedSeries stream : series) {
      for (int k = 0; k < stream.size(); k++) {
        if (stream.steps(k) >= card.lookback() && isOrigin(stream, k, part)) {
          count++;
        }
      }
    }
    return count;
  }
}
