package io.flinklstm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.flinklstm.format.ModelFileException;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Feeds a reader with damaged files for a while: 20 seconds, or as {@code -Dfuzz.seconds=N} says,
 * or {@code -Dfuzz.inputs=N} files however long it takes. Every file must load or be refused in
 * words within a second and 256 MB; the seed of the one that is not is part of the failure.
 */
public final class MutationRun {

  private static final long MAX_NANOS = 1_000_000_000L;
  private static final long MAX_BYTES = 256L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final String fileName;
  private long loaded;
  private long refused;
  private long slowest;
  private long largest;

  private MutationRun(String name, String fileName) {
    this.name = name;
    this.fileName = fileName;
  }

  /**
   * @param fileName what every message must name
   * @param mutate makes a file from a source of randomness
   * @param read reads it
   */
  public static MutationRun of(
      String name, String fileName, Function<Random, byte[]> mutate, Consumer<byte[]> read) {
    MutationRun run = new MutationRun(name, fileName);
    long inputs = Long.getLong("fuzz.inputs", Long.MAX_VALUE);
    long seconds = inputs < Long.MAX_VALUE ? Integer.MAX_VALUE : Long.getLong("fuzz.seconds", 20);
    long first = Long.getLong("fuzz.seed", 1);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    for (long k = 0; k < inputs && System.nanoTime() < end; k++) {
      byte[] file = mutate.apply(new Random(first + k));
      run.feed(first + k, file, read);
    }
    System.out.println(run);
    return run;
  }

  private void feed(long seed, byte[] file, Consumer<byte[]> read) {
    long thread = Thread.currentThread().getId();
    long bytes = THREADS.getThreadAllocatedBytes(thread);
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      read.accept(file);
      loaded++;
    } catch (ModelFileException e) {
      refused++;
      if (!e.getMessage().contains(fileName) || !e.getMessage().contains("expected")) {
        throw failure(seed, file, "a message that says too little", e);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw failure(seed, file, "a failure", e);
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
    slowest = Math.max(slowest, nanos);
    largest = Math.max(largest, bytes);
    if (nanos > MAX_NANOS || bytes > MAX_BYTES) {
      throw failure(seed, file, nanos / 1_000_000 + " ms, " + bytes + " bytes", null);
    }
  }

  private AssertionError failure(long seed, byte[] file, String what, Throwable cause) {
    String hex = file.length > 4096 ? file.length + " bytes" : HexFormat.of().formatHex(file);
    return new AssertionError(name + " seed " + seed + ": " + what + "; file " + hex, cause);
  }

  /**
   * That both happened, so that the damage was neither too small nor too great to tell anything.
   */
  public void assertBothOutcomes() {
    assertThat(loaded).as("files that loaded: %s", this).isGreaterThan((loaded + refused) / 1000);
    assertThat(refused).as("files that were refused: %s", this).isGreaterThan(loaded / 100);
  }

  @Override
  public String toString() {
    return name
        + ": "
        + (loaded + refused)
        + " files, "
        + loaded
        + " loaded, "
        + refused
        + " refused; at most "
        + slowest / 1_000_000
        + " ms and "
        + (largest >> 20)
        + " MB for one";
  }
}
