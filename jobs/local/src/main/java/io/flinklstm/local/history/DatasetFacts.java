package io.flinklstm.local.history;

import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes the data that a model is trained or judged on, for a person to read. */
public final class DatasetFacts {

  /** The year 1980: earlier times are probably seconds taken for milliseconds. */
  private static final long EARLY = 315_532_800_000L;

  private DatasetFacts() {}

  /** The first and the last time, in epoch milliseconds. */
  private static long[] span(Dataset dataset) {
    long[] span = {Long.MAX_VALUE, Long.MIN_VALUE};
    for (EncodedSeries stream : dataset.series()) {
      for (int row = 0; row < stream.series().size(); row++) {
        span[0] = Math.min(span[0], stream.series().eventTime(row));
        span[1] = Math.max(span[1], stream.series().eventTime(row));
      }
    }
    return span;
  }

  /** How much data there is, and the time it spans. */
  public static String data(Dataset dataset) {
    long[] span = span(dataset);
    return String.format(
        Locale.ROOT,
        "%,d observations of %,d %s, %s to %s",
        dataset.rows(),
        dataset.series().size(),
        dataset.series().size() == 1 ? "stream" : "streams",
        Instant.ofEpochMilli(span[0]),
        Instant.ofEpochMilli(span[1]));
  }

  /** What the user should know about the data before they are used, one line each. */
  public static List<String> warnings(Dataset dataset) {
    List<String> warnings = new ArrayList<>();
    long first = span(dataset)[0];
    if (first < EARLY) {
      warnings.add(
          "Note: the times begin at " + Instant.ofEpochMilli(first) + "; is --time-format right?");
    }
    if (dataset.unused() > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "Note: %,d of %,d rows are left out, as in the job: they are older than the row"
                  + " before or cannot be used; the rows of a stream must be in time order.",
              dataset.unused(),
              dataset.rows()));
    }
    return warnings;
  }
}
