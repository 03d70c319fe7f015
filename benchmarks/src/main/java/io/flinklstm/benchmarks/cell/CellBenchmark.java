package io.flinklstm.benchmarks.cell;

import io.flinklstm.benchmarks.harness.RandomWeights;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One step and the head of one contender at one size, for JMH; run by {@link JmhFork}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CellBenchmark {

  private static final int INPUTS = 64; // a power of two

  @Param("plain")
  public String contender;

  @Param("1x64")
  public String size;

  private Stepper stepper;
  private float[][] inputs;
  private int next;

  @Setup
  public void setUp() {
    stepper = Stepper.create(contender, CellSize.parse(size).weights());
    inputs = RandomWeights.inputs(INPUTS, CellSize.INPUT_SIZE);
  }

  @TearDown
  public void tearDown() {
    stepper.close();
  }

  @Benchmark
  public float step() {
    next = (next + 1) & (INPUTS - 1);
    return stepper.step(inputs[next]);
  }
}
