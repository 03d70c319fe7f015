package io.flinklstm.benchmarks.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A forecast job on a Flink cluster in its own JVM, with parallelism 1. */
public final class FlinkJob implements AutoCloseable {

  private final TemporaryFolder folder;
  private final ChildJvm jvm;

  /**
   * Starts the job; returns when it has been submitted.
   *
   * @param jvmOptions for example the size of the heap
   */
  public FlinkJob(JobSpec spec, List<String> jvmOptions) throws IOException {
    this.folder = new TemporaryFolder();
    try {
      Map<String, String> flinkOptions = new LinkedHashMap<>(spec.flinkOptions());
      flinkOptions.put("execution.checkpointing.dir", uri(folder.folder("checkpoints")));
      flinkOptions.put("execution.checkpointing.savepoint-dir", uri(folder.folder("savepoints")));
      flinkOptions.put("io.tmp.dirs", folder.folder("flink").toString());
      flinkOptions.put("rest.bind-address", "localhost");
      flinkOptions.put("rest.bind-port", "0");
      // A failure must show up, not be measured.
      flinkOptions.put("restart-strategy.type", "disable");
      Path file = folder.path().resolve("job.json");
      new ObjectMapper()
          .writeValue(file.toFile(), new JobSpec(spec.place(), flinkOptions, spec.arguments()));
      this.jvm = new ChildJvm(JobMain.class, folder.folder("tmp"), jvmOptions, file.toString());
    } catch (IOException e) {
      folder.close();
      throw e;
    }
    try {
      jvm.await(JobMain.RUNNING);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static String uri(Path folder) {
    return folder.toUri().toString();
  }

  /**
   * @throws IOException if the job has failed
   */
  public void checkRunning() throws IOException {
    if (!jvm.isAlive()) {
      throw new IOException("Flink's JVM: expected the job to run, got its end");
    }
  }

  /** CPU time of the whole JVM. */
  public Duration cpuTime() {
    return jvm.cpuTime();
  }

  @Override
  public void close() {
    jvm.close();
    folder.close();
  }
}
