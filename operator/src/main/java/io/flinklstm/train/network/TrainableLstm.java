package io.flinklstm.train.network;

import io.flinklstm.model.LstmConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A stacked LSTM with a linear head that can be run and differentiated over batches of sequences.
 * Used by one thread at a time; shares the work among the threads of an executor if it has one.
 *
 * <p>A batch is cut into slices of {@link #SLICE} sequences. Each is run forward and backward by
 * one thread, in buffers that fit the processor's cache, and the slices' gradients are added in the
 * order of the slices. So the same parameters and data give the same bits with any number of
 * threads. The equations are in {@link LayerPass} and {@link HeadPass}; the outputs of forward are,
 * to the bit, those that {@code LstmModel} serves.
 *
 * <pre>
 *   LstmParameters parameters = LstmParameters.random(config, seed);
 *   TrainableLstm lstm = new TrainableLstm(parameters, executor);
 *   LstmPass pass = new LstmPass(config, batch, steps, HeadSteps.LAST, false);
 *   Adam adam = new Adam(parameters, Adam.Settings.DEFAULT);
 *   for (LstmBatch batch : batches) {
 *     double loss = lstm.backward(batch, target, Loss.squared(), pass);
 *     Gradients.clip(pass.gradient(), 1.0);
 *     adam.step(pass.gradient(), learningRate);
 *   }
 *   LstmWeights weights = parameters.toWeights();
 * </pre>
 */
public final class TrainableLstm {

  /** Sequences per slice; changing it changes the bits of the results. */
  static final int SLICE = 16;

  /** Slice buffers kept for the next batch: enough for some threads with a few sizes each. */
  private static final int MAX_IDLE = 32;

  private final LstmParameters parameters;
  private final PackedLstm weights;
  private final @Nullable ExecutorService executor; // null: the caller's thread does it
  private final Queue<SlicePass> idle = new ConcurrentLinkedQueue<>();
  private final List<LstmParameters> gradients = new ArrayList<>(); // one per slice

  /** A model that runs in the caller's thread. */
  public TrainableLstm(LstmParameters parameters) {
    this(parameters, null);
  }

  /**
   * @param parameters the live parameters: changed by an optimiser between two passes
   * @param executor runs the slices; null: the caller's thread does. Not shut down here
   */
  public TrainableLstm(LstmParameters parameters, @Nullable ExecutorService executor) {
    this.parameters = parameters;
    this.weights = new PackedLstm(parameters);
    this.executor = executor;
  }

  public LstmConfig config() {
    return parameters.config();
  }

  public LstmParameters parameters() {
    return parameters;
  }

  /**
   * Runs a batch.
   *
   * @param out of the batch's sizes; its y and final state are overwritten. Modified
   */
  public void forward(LstmBatch batch, LstmPass out) {
    check(batch, out);
    run(
        slices(batch),
        slice -> {
          SlicePass pass = take(batch, slice, out);
          pass.forward(weights, batch, slice * SLICE, out);
          idle.add(pass);
          return 0.0;
        });
  }

  /**
   * Runs a batch and computes the derivatives of its loss.
   *
   * @param target of the size of the pass's y, NaN for outputs that do not count. Not modified
   * @param out of the batch's sizes; all of it is overwritten. Modified
   * @return the loss, the mean over sequences, steps and outputs that count; 0 if none does
   */
  public double backward(LstmBatch batch, float[] target, Loss loss, LstmPass out) {
    check(batch, out);
    check("target", target, out.y().length);
    while (gradients.size() < slices(batch)) {
      gradients.add(LstmParameters.zeros(config()));
    }
    int count = Math.max(1, known(target));
    double sum =
        run(
            slices(batch),
            slice -> {
              int first = slice * SLICE;
              SlicePass pass = take(batch, slice, out);
              pass.forward(weights, batch, first, out);
              double part = pass.loss(loss, target, first, count);
              pass.backward(weights, first, gradients.get(slice), out);
              idle.add(pass);
              return part;
            });
    out.gradient().copyFrom(gradients.get(0));
    for (int slice = 1; slice < slices(batch); slice++) {
      out.gradient().add(gradients.get(slice));
    }
    return sum / count;
  }

  /** How many numbers of a target are known and count. */
  public static int known(float[] target) {
    int count = 0;
    for (float value : target) {
      count += Float.isNaN(value) ? 0 : 1;
    }
    return count;
  }

  private static int slices(LstmBatch batch) {
    return (batch.batch() + SLICE - 1) / SLICE;
  }

  /** Buffers for a slice: idle ones that fit, or new ones in place of those idle for longest. */
  private SlicePass take(LstmBatch batch, int slice, LstmPass out) {
    int sequences = Math.min(SLICE, batch.batch() - slice * SLICE);
    for (SlicePass pass : idle) {
      if (pass.fits(sequences, batch.steps(), out.headSteps()) && idle.remove(pass)) {
        return pass;
      }
    }
    if (idle.size() >= MAX_IDLE) {
      idle.poll();
    }
    return new SlicePass(config(), sequences, batch.steps(), out.headSteps());
  }

  private interface Task {
    double run(int slice);
  }

  /** Runs every slice and returns the sum of what they return, added in order. */
  private double run(int slices, Task task) {
    weights.refresh();
    double sum = 0;
    if (executor == null) {
      for (int slice = 0; slice < slices; slice++) {
        sum += task.run(slice);
      }
      return sum;
    }
    List<Callable<Double>> calls = new ArrayList<>();
    for (int slice = 0; slice < slices; slice++) {
      int index = slice;
      calls.add(() -> task.run(index));
    }
    try {
      for (Future<Double> result : executor.invokeAll(calls)) {
        sum += result.get();
      }
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a batch was being trained", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a slice of a batch failed: " + e.getCause(), e.getCause());
    }
  }

  private void check(LstmBatch batch, LstmPass out) {
    if (!out.config().equals(config())) {
      throw new IllegalArgumentException(
          "pass over a batch: expected memory for " + config() + ", got " + out.config());
    }
    if (out.batch() != batch.batch() || out.steps() != batch.steps()) {
      throw new IllegalArgumentException(
          "pass over a batch: expected memory for "
              + batch.batch()
              + " sequences of "
              + batch.steps()
              + " steps, got "
              + out.batch()
              + " of "
              + out.steps());
    }
    check("x", batch.x(), batch.batch() * batch.steps() * config().inputSize());
    check("initial h", batch.initial().h(), batch.batch());
    check("initial c", batch.initial().c(), batch.batch());
  }

  private void check(String name, float[][] state, int batch) {
    if (state.length != config().numLayers()) {
      throw new IllegalArgumentException(
          name + " of a batch: expected " + config().numLayers() + " layers, got " + state.length);
    }
    for (float[] layer : state) {
      check(name, layer, batch * config().hiddenSize());
    }
  }

  private static void check(String name, float[] values, int expected) {
    if (values.length != expected) {
      throw new IllegalArgumentException(
          name + " of a batch: expected " + expected + " numbers, got " + values.length);
    }
  }
}
