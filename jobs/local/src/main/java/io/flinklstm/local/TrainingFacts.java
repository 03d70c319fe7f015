package io.flinklstm.local;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.math.KernelType;
import io.flinklstm.train.Dataset;
import io.flinklstm.train.EncodedSeries;
import io.flinklstm.train.Split;
import io.flinklstm.train.Trainer;
import io.flinklstm.train.TrainingOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is going to be trained and on what, for a person. */
final class TrainingFacts {

  /** Seconds that were taken for milliseconds lie before: the year 1980. */
  private static final long EARLY = 315_532_800_000L;

  private TrainingFacts() {}

  static Facts of(TrainingConfig config, Dataset dataset, Trainer trainer, int threads) {
    ModelCard card = dataset.card();
    TrainingOptions options = config.options();
    Facts facts = new Facts();
    facts.add("Data", data(dataset));
    facts.add(
        "Split",
        String.format(
            Locale.ROOT,
            "%,d rows to train, %,d to validate, %,d to test",
            rows(dataset, Split.Part.TRAIN),
            rows(dataset, Split.Part.VALIDATION),
            rows(dataset, Split.Part.TEST)));
    if (dataset.origins(Split.Part.VALIDATION) == 0) {
      facts.add("", "nothing to validate: all epochs are run, and the last one is kept");
    }
    facts.add("Features", features(card));
    facts.add(
        "Target",
        String.format(
            Locale.ROOT,
            "%s of the next %s",
            card.target(),
            card.horizon() == 1 ? "observation" : card.horizon() + " observations"));
    facts.add(
        "Model",
        String.format(
            Locale.ROOT,
            "LSTM, %d %s of %d, %,d parameters",
            options.network().numLayers(),
            options.network().numLayers() == 1 ? "layer" : "layers",
            options.network().hiddenSize(),
            trainer.parameterCount()));
    facts.add(
        "Training",
        String.format(
            Locale.ROOT,
            "%s, %,d %s per epoch, %d %s, %s kernel",
            card.context() == ModelCard.Context.WINDOW
                ? "independent windows of " + card.lookback()
                : "carried, chunks of " + options.batching().chunk(),
            trainer.batchesPerEpoch(),
            trainer.batchesPerEpoch() == 1 ? "batch" : "batches",
            threads,
            threads == 1 ? "thread" : "threads",
            KernelType.isVectorAvailable() ? "vector" : "plain"));
    return facts;
  }

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

  static String data(Dataset dataset) {
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

  /** What a person should know about the data before anything is made of them, a line each. */
  static List<String> warnings(Dataset dataset) {
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
              "Note: %,d of %,d rows are left out, as the job leaves them out: older than the row"
                  + " before, or not to be used; rows of a stream must be in the order of time.",
              dataset.unused(),
              dataset.rows()));
    }
    return warnings;
  }

  private static long rows(Dataset dataset, Split.Part part) {
    return dataset.series().stream()
        .mapToLong(stream -> dataset.end(part, stream) - dataset.begin(part, stream))
        .sum();
  }

  private static List<String> features(ModelCard card) {
    List<String> lines = new ArrayList<>();
    for (Feature feature : card.features()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: %s of %s, mean %.6g, std %.6g",
              feature.name(),
              feature.transform().cardName(),
              feature.formula(),
              feature.mean(),
              feature.std()));
    }
    return lines;
  }
}
