package io.flinklstm.local.train;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.console.OutputFile;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.history.DataOptions;
import io.flinklstm.local.history.DatasetFacts;
import io.flinklstm.local.report.ReportOptions;
import io.flinklstm.math.KernelType;
import io.flinklstm.train.Trainer;
import io.flinklstm.train.TrainingState;
import io.flinklstm.train.backtest.Backtest;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Scalers;
import io.flinklstm.train.data.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a model on historical data. */
@Command(
    name = "train",
    description = {
      "Trains a model on CSV files or a topic, and writes the file that the forecast job loads."
          + " Each stream's rows are split in time order: the first train the model, the next"
          + " decide when to stop, and the last are for a backtest against \"no change\" and a"
          + " ridge regression.",
      "After each epoch a checkpoint is written beside the model; --resume continues from it."
          + " Ctrl-C ends the training and keeps the best model so far."
    },
    mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {

  /** How long Ctrl-C waits for the current batch. */
  private static final int PATIENCE_SECONDS = 60;

  private final Resources resources;

  @Mixin private DataOptions data;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "What to train, as YAML: a model card without scalers, and training options.")
  private String config;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The model file to write, safetensors.")
  private String out;

  @Option(names = "--force", description = "Overwrite existing files and discard the checkpoint.")
  private boolean force;

  @Option(names = "--resume", description = "Continue from the checkpoint of an earlier run.")
  private boolean resume;

  @Option(names = "--seed", description = "Overrides training.seed of the configuration.")
  private Integer seed;

  @Option(names = "--epochs", description = "Overrides training.epochs of the configuration.")
  private Integer epochs;

  @Option(
      names = "--threads",
      description = "Number of threads; does not change the model. Default: one per core.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private ReportOptions report;

  public TrainCommand(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Integer call() throws Exception {
    if (threads < 1) {
      throw new IllegalArgumentException("--threads: expected 1 or more, got " + threads);
    }
    TrainingConfig plan = TrainingConfig.read(new InputFile("--config", config), overrides());
    checkCheckpoint();
    OutputFile file = new OutputFile("--out", out, force || resume);
    report.check(force, out);
    History history = data.read(plan.card().fields(), resources);
    ModelCard card = Scalers.fit(plan.card(), plan.scaled(), history, plan.split());
    Dataset dataset = Dataset.of(history, card, plan.split());
    TrainingProvenance provenance = new TrainingProvenance(plan, history);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    resources.add(executor::shutdown);
    Trainer trainer = new Trainer(dataset, plan.options(), executor);
    TrainingCheckpoint checkpoint = TrainingCheckpoint.of(out, provenance.plan());
    TrainingState state = trainer.begin();
    if (resume) {
      checkpoint.read(state);
    } else {
      checkpoint.delete(); // once nothing can be refused any more
    }
    DatasetFacts.warnings(dataset).forEach(Terminal::print);
    TrainingFacts.of(plan, dataset, trainer, threads).print();
    System.out.println();
    boolean stopped = train(trainer, state, plan, checkpoint, file, provenance);
    if (stopped) {
      return CommandText.INTERRUPTED;
    }
    checkpoint.delete();
    System.out.println();
    report.show(
        new Backtest(best(trainer, state, provenance), KernelType.AUTO.create())
            .run(dataset, Split.Part.TEST, provenance.dataSha256()),
        force);
    return 0;
  }

  private Map<String, Integer> overrides() {
    Map<String, Integer> overrides = new LinkedHashMap<>();
    if (seed != null) {
      overrides.put("seed", seed);
    }
    if (epochs != null) {
      overrides.put("epochs", epochs);
    }
    return overrides;
  }

  private void checkCheckpoint() {
    String name = TrainingCheckpoint.name(out);
    boolean exists = Files.exists(Path.of(name));
    if (resume && !exists) {
      throw new IllegalArgumentException(
          "--resume: expected a checkpoint at " + name + ", got none");
    }
    if (exists && !resume && !force) {
      throw new IllegalArgumentException(
          "--out: expected no checkpoint at "
              + name
              + ", got one; --resume continues from it, --force starts from scratch");
    }
  }

  /**
   * Trains, and writes the checkpoint after each epoch and the model after each epoch that is the
   * best so far, so that an interruption costs at most the current epoch.
   *
   * @return whether it was stopped early
   */
  private boolean train(
      Trainer trainer,
      TrainingState state,
      TrainingConfig plan,
      TrainingCheckpoint checkpoint,
      OutputFile file,
      TrainingProvenance provenance) {
    CountDownLatch ended = new CountDownLatch(1);
    TrainingProgress progress =
        new TrainingProgress(
            System.out,
            plan.options().stopping().epochs(),
            after -> {
              if (after.bestEpoch() == after.epochs().size()) {
                file.write(ModelFiles.write(best(trainer, after, provenance)));
              }
              checkpoint.write(after);
            });
    resources.add(
        () -> {
          progress.close();
          ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        });
    boolean failed = true;
    try {
      trainer.run(state, progress);
      failed = false;
    } finally {
      try {
        if (state.bestEpoch() > 0) {
          // Again, because it records how many epochs it is the best of.
          file.write(ModelFiles.write(best(trainer, state, provenance)));
        }
        ending(state, plan, failed, progress.isStopped()).forEach(Terminal::print);
      } finally {
        ended.countDown();
      }
    }
    return progress.isStopped();
  }

  /** What the training leaves behind, in paragraphs for the user. */
  private List<String> ending(
      TrainingState state, TrainingConfig plan, boolean failed, boolean stopped) {
    List<String> text = new ArrayList<>();
    if (state.bestEpoch() > 0) {
      text.add(
          (failed ? "Failed" : stopped ? "Stopped" : "Done")
              + "; the model of epoch "
              + state.bestEpoch()
              + " is in "
              + out);
    }
    if (stopped) {
      text.add(
          state.bestEpoch() > 0
              ? "--resume continues after epoch " + state.epochs().size() + "."
              : "Stopped before the first epoch ended; nothing was kept.");
    } else if (!failed && isStillImproving(state, plan)) {
      text.add("It was still improving: more epochs may help.");
    }
    return text;
  }

  private static boolean isStillImproving(TrainingState state, TrainingConfig plan) {
    return state.bestEpoch() == plan.options().stopping().epochs()
        && !Double.isNaN(state.bestValidation());
  }

  private static ForecastModel best(
      Trainer trainer, TrainingState state, TrainingProvenance provenance) {
    ForecastModel model = trainer.model(state.best());
    return new ForecastModel(model.weights(), model.card().withProvenance(provenance.of(state)));
  }
}
