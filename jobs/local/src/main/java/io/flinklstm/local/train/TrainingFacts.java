package io.flinklstm.local.train;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.local.console.Facts;
import io.flinklstm.local.history.DatasetFacts;
import io.flinklstm.math.KernelType;
import io.flinklstm.train.Trainer;
import io.flinklstm.train.TrainingOptions;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What will be trained and on what data, for a person to read. */
final class TrainingFacts {

  private TrainingFacts() {}

  static Facts of(TrainingConfig config, Dataset dataset, Trainer trainer, int threads) {
    ModelCard card = dataset.card();
    TrainingOptions options = config.options();
    Facts facts = new Facts();
    facts.add("Data", DatasetFacts.data(dataset));
    facts.add(
        "Split",
        String.format(
            Locale.ROOT,
            "%,d rows to train, %,d to validate, %,d to test",
            rows(dataset, Split.Part.TRAIN),
            rows(dataset, Split.Part.VALIDATION),
            rows(dataset, Split.Part.TEST)));
    if (dataset.origins(Split.Part.VALIDATION) == 0) {
      facts.add("", "nothing to validate on: all epochs are run, and the last one is kept");
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
