package io.flinklstm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.flinklstm.format.weights.ModelFileException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Feeds a reader with damaged files for a while: 5 seconds, or as {@code -Dfuzz.seconds=N} says, or
 * {@code -Dfuzz.inputs=N} files however long it takes. Every file must be read or refused in words
 * within a second of computing and 256 MB of memory, all that is allocated counted. A failure names
 * the seed, with which {@code -Dfuzz.seed=N -Dfuzz.inputs=1} makes that file again.
 */
public final class MutationRun {

  private static final long MAX_NANOS = 1_000_000_000L;
  private static final long MAX_BYTES = 256L << 20;

  /** By the clock, so only what never ends takes so long, however busy the machine. */
  private static final long HANGS_AFTER_NANOS = 60_000_000_000L;

  private static final long POLL_MILLIS = 50;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final String fileName;
  private long read;
  private long refused;
  private long slowest;
  private long largest;
  private volatile long seed;
  private volatile long begun;
  private volatile Throwable failure;

  private MutationRun(String name, String fileName) {
    this.name = name;
    this.fileName = fileName;
  }

  /**
   * @param fileName what every message must name
   * @param mutate makes a file from a source of randomness
   * @param read reads it
   */
  public static <T> MutationRun of(
      String name, String fileName, Function<Random, T> mutate, Consumer<T> read) {
    MutationRun run = new MutationRun(name, fileName);
    run.begun = System.nanoTime();
    Thread reader = new Thread(() -> run.feed(mutate, read), "reader of damaged files");
    reader.setDaemon(true);
    reader.start();
    run.await(reader);
    System.out.println(run);
    return run;
  }

  private void await(Thread reader) {
    try {
      while (reader.isAlive()) {
        reader.join(POLL_MILLIS);
        if (System.nanoTime() - begun > HANGS_AFTER_NANOS) {
          AssertionError hangs = new AssertionError(name + " seed " + seed + " does not end");
          hangs.setStackTrace(reader.getStackTrace());
          throw hangs;
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while files are read", e);
    }
    if (failure != null) {
      throw new AssertionError(name + " seed " + seed + ": " + failure.getMessage(), failure);
    }
  }

  private <T> void feed(Function<Random, T> mutate, Consumer<T> reader) {
    long inputs = Long.getLong("fuzz.inputs", Long.MAX_VALUE);
    long seconds = inputs < Long.MAX_VALUE ? Integer.MAX_VALUE : Long.getLong("fuzz.seconds", 5);
    long first = Long.getLong("fuzz.seed", 1);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    try {
      for (long k = 0; k < inputs && System.nanoTime() < end; k++) {
        seed = first + k;
        T file = mutate.apply(new Random(seed));
        feed(file, reader);
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  private <T> void feed(T file, Consumer<T> reader) {
    long thread = Thread.currentThread().getId();
    long bytes = THREADS.getThreadAllocatedBytes(thread);
    long nanos = THREADS.getCurrentThreadCpuTime();
    begun = System.nanoTime();
    try {
      reader.accept(file);
      read++;
    } catch (ModelFileException e) {
      refused++;
      assertThat(e).hasMessageContainingAll(fileName, "expected");
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
    assertThat(nanos).as("nanoseconds of computing").isLessThan(MAX_NANOS);
    assertThat(bytes).as("bytes allocated").isLessThan(MAX_BYTES);
    slowest = Math.max(slowest, nanos);
    largest = Math.max(largest, bytes);
  }

  /**
   * That both happened, so that the damage was neither too small nor too great to tell anything.
   */
  public void assertBothOutcomes() {
    assertThat(read).as("files that were read: %s", this).isGreaterThan((read + refused) / 1000);
    assertThat(refused).as("files that were refused: %s", this).isGreaterThan(read / 100);
  }

  @Override
  public String toString() {
    return String.join(
        "",
        Arrays.asList(
            "Damaged files, " + name + ": " + (read + refused) + ", ",
            read + " read, " + refused + " refused; at most ",
            slowest / 1_000_000 + " ms and " + (largest >> 20) + " MB for one"));
  }
}
