package io.flinklstm.benchmarks.train;

import com.sun.management.OperatingSystemMXBean;
import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.train.Trainer;
import io.flinklstm.train.TrainingState;
import java.lang.management.ManagementFactory;

/** Trains in its own JVM, on one thread, and prints the cost of an epoch after a warm-up. */
final class TrainMain {

  static final String RESULT = "cpu seconds per epoch: ";

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private TrainMain() {}

  /**
   * @param arguments the task, epochs to warm up, epochs to measure
   */
  public static void main(String[] arguments) {
    ChildJvm.endWithParent();
    TrainTask task = TrainTask.valueOf(arguments[0]);
    int warmUp = Integer.parseInt(arguments[1]);
    int measured = Integer.parseInt(arguments[2]);
    Trainer trainer = new Trainer(task.dataset(), task.options(warmUp + measured), null);
    long[] nanos = new long[2]; // at the end of the warm-up, and now
    trainer.run(
        trainer.begin(),
        new Trainer.Listener() {
          @Override
          public boolean onBatch(int epoch, int batch, int batches, double loss) {
            return true;
          }

          @Override
          public void onEpoch(TrainingState state) {
            // Of all threads, including the compiler's and the collector's; resolution 10 ms.
            nanos[state.epochs().size() <= warmUp ? 0 : 1] = SYSTEM.getProcessCpuTime();
          }
        });
    System.out.println(RESULT + (nanos[1] - nanos[0]) / 1e9 / measured);
    System.exit(0);
  }
}
