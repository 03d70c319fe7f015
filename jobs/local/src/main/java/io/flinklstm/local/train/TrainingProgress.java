package io.flinklstm.local.train;

import io.flinklstm.local.console.Progress;
import io.flinklstm.train.Trainer;
import io.flinklstm.train.TrainingState;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Shows the progress of a training: a line for each finished epoch, and one that shows how far the
 * current epoch has got. Stops the training when it is closed.
 */
final class TrainingProgress implements Trainer.Listener, AutoCloseable {

  private static final int BAR = 10;
  private static final double LARGE = 1e4;

  private final PrintStream out;
  private final int epochs;
  private final Consumer<TrainingState> onEpoch;
  private final Progress progress;
  private final long startNanos = System.nanoTime();
  private long batchesDone;
  private volatile boolean stopped;

  /**
   * @param epochs the maximum number
   * @param onEpoch called at the end of every epoch
   */
  TrainingProgress(PrintStream out, int epochs, Consumer<TrainingState> onEpoch) {
    this(out, epochs, onEpoch, new Progress(out));
  }

  TrainingProgress(
      PrintStream out, int epochs, Consumer<TrainingState> onEpoch, Progress progress) {
    this.out = out;
    this.epochs = epochs;
    this.onEpoch = onEpoch;
    this.progress = progress;
    out.println(header());
  }

  static String header() {
    return String.format(Locale.ROOT, "%-9s%12s%14s%22s", "epoch", "loss", "validation", "best");
  }

  @Override
  public boolean onBatch(int epoch, int batch, int batches, double loss) {
    batchesDone++;
    progress.update(() -> line(epoch, batch, batches, loss));
    return !stopped;
  }

  private String line(int epoch, int batch, int batches, double loss) {
    int filled = BAR * batch / batches;
    double nanosPerBatch = (double) (System.nanoTime() - startNanos) / batchesDone;
    long left = (long) (epochs - epoch) * batches + batches - batch;
    return String.format(
        Locale.ROOT,
        "%-9s%12s  [%s%s] %s left at most",
        epoch + "/" + epochs,
        number(loss),
        "=".repeat(filled),
        " ".repeat(BAR - filled),
        duration((long) (left * nanosPerBatch / 1e9)));
  }

  private static String duration(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  @Override
  public void onEpoch(TrainingState state) {
    int epoch = state.epochs().size();
    TrainingState.Epoch last = state.epochs().get(epoch - 1);
    progress.finish(
        String.format(
            Locale.ROOT,
            "%-9s%12s%14s%22s",
            epoch + "/" + epochs,
            number(last.loss()),
            number(last.validation()),
            state.bestEpoch() == epoch
                ? "<- best so far"
                : number(state.bestValidation()) + " (epoch " + state.bestEpoch() + ")"));
    onEpoch.accept(state);
  }

  /** In at most 11 characters, even when a training diverges. */
  private static String number(double value) {
    return Double.isNaN(value)
        ? "-"
        : String.format(Locale.ROOT, Math.abs(value) < LARGE ? "%.6f" : "%.4e", value);
  }

  /** Whether it was closed before the training ended. */
  boolean isStopped() {
    return stopped;
  }

  /** Makes the training stop after the current batch. */
  @Override
  public void close() {
    stopped = true;
    out.flush();
  }
}
