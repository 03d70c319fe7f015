package io.flinklstm.benchmarks.scale;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.benchmarks.harness.CommonOptions;
import io.flinklstm.benchmarks.harness.Kernels;
import io.flinklstm.benchmarks.harness.Progress;
import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.Table;
import io.flinklstm.benchmarks.harness.Table.Column;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import io.flinklstm.benchmarks.job.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what many keys cost, on the heap and in RocksDB. */
@Command(
    name = "scale",
    description =
        "Many keys, each with its own state, on the heap and in RocksDB: throughput, memory,"
            + " checkpoints. Observations are generated inside Flink, without Kafka; each"
            + " combination runs in its own JVM, with parallelism 1.")
public final class ScaleCommand implements Callable<Integer> {

  private static final String HASHMAP = "hashmap";
  private static final long MEGABYTE = 1L << 20;

  /** Heap per key, with room for states that change during a checkpoint. */
  private static final long BYTES_PER_KEY = 2_200;

  @Mixin private CommonOptions common;

  @Option(
      names = "--keys",
      split = ",",
      description = "Default: 1000,100000,1000000,5000000; quick: 1000,10000.")
  private List<Long> keys;

  @Option(
      names = "--backends",
      split = ",",
      defaultValue = "hashmap,rocksdb",
      description = "Default: ${DEFAULT-VALUE}.")
  private List<String> backends;

  @Option(names = "--seconds", description = "Measured seconds; default: 60; quick: 2.")
  private Integer seconds;

  @Option(
      names = "--fill-seconds",
      description = "How long the first visit of every key may take; default: 180; quick: 20.")
  private Integer fillSeconds;

  @Option(
      names = "--in-turn",
      description = "Keys come in turn; otherwise at random, after a first visit of each.")
  private boolean inTurn;

  @Option(
      names = "--hidden",
      defaultValue = "64",
      description = "Hidden size, one layer; default: ${DEFAULT-VALUE}.")
  private int hidden;

  @Option(names = "--kernel", defaultValue = "vector", description = "Default: ${DEFAULT-VALUE}.")
  private String kernel;

  @Option(
      names = "--rocksdb-memory",
      defaultValue = "512m",
      description = "Flink's managed memory for RocksDB; default: ${DEFAULT-VALUE}.")
  private String rocksDbMemory;

  @Option(names = "--heap", description = "Default: 1 GB, plus 2.2 kB per key with hashmap.")
  private String heap;

  @Option(
      names = "--flink-option",
      paramLabel = "KEY=VALUE",
      description = "An option of Flink's own configuration.")
  private Map<String, String> flinkOptions = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Report report = new Report("scale: many keys");
    String whyNot = Kernels.whyNot(kernel);
    if (whyNot != null) {
      report.note("Kernel plain instead: " + whyNot);
      kernel = "plain";
    }
    Table table =
        report.table(
            "scale",
            "Throughput and memory by keys and backend",
            new Column("keys", "keys", 0),
            new Column("backend", "backend", 0),
            new Column("predictions_per_second", "per second", 0),
            new Column("predictions_per_cpu_second", "per CPU-second", 0),
            new Column("first_visits_per_second", "first visits/s", 0),
            new Column("heap_mb", "heap MB", 0),
            new Column("max_heap_mb", "of MB", 0),
            new Column("resident_mb", "resident MB", 0),
            new Column("state_bytes_per_key", "savepoint bytes/key", 0),
            new Column("checkpoint_bytes_per_key", "checkpoint", 0),
            new Column("checkpoint_ms", "checkpoint ms", 0));
    for (long count :
        common.orElse(
            keys, List.of(1_000L, 100_000L, 1_000_000L, 5_000_000L), List.of(1_000L, 10_000L))) {
      for (String backend : backends) {
        Progress.say("%,d keys on %s", count, backend);
        String maxHeap = heap != null ? heap : defaultHeap(count, backend);
        ScaleResult result = run(count, backend, maxHeap);
        if (result.keys() < count) {
          report.note(count + " keys on " + backend + ": only " + result.keys() + " were reached");
        }
        fill(table.row(), backend, maxHeap, result);
      }
    }
    report.note(
        "Hidden size "
            + hidden
            + ", 1 layer, 3 features, kernel "
            + kernel
            + "; keys "
            + (inTurn ? "in turn" : "at random")
            + "; RocksDB with "
            + rocksDbMemory
            + (flinkOptions.isEmpty() ? "" : "; " + flinkOptions));
    report.publish(common);
    return 0;
  }

  private static void fill(Table.Row row, String backend, String maxHeap, ScaleResult result) {
    row.put("keys", result.keys())
        .put("backend", backend)
        .put("predictions_per_second", result.perSecond())
        .put("predictions_per_cpu_second", result.perCpuSecond())
        .put("first_visits_per_second", result.fillPerSecond())
        .put("heap_mb", (double) result.heapBytes() / MEGABYTE)
        .put("max_heap_mb", maxHeap)
        .put("resident_mb", (double) result.residentBytes() / MEGABYTE)
        .put("state_bytes_per_key", (double) result.savepointBytes() / result.keys())
        .put("checkpoint_bytes_per_key", (double) result.checkpointBytes() / result.keys())
        .put("checkpoint_ms", result.checkpointMillis());
  }

  private static String defaultHeap(long keys, String backend) {
    long bytes = backend.equals(HASHMAP) ? keys * BYTES_PER_KEY : 0;
    return 1024 + bytes / MEGABYTE + "m";
  }

  private ScaleResult run(long count, String backend, String maxHeap) throws IOException {
    try (TemporaryFolder folder = new TemporaryFolder()) {
      Map<String, String> flink =
          new LinkedHashMap<>(Preset.read(Preset.THROUGHPUT).flinkOptions());
      flink.put("state.backend.type", backend);
      flink.put("taskmanager.memory.managed.size", rocksDbMemory);
      flink.put("pipeline.object-reuse", "true");
      flink.put("restart-strategy.type", "disable");
      // The benchmark itself triggers the one checkpoint that it measures.
      flink.remove("execution.checkpointing.interval");
      flink.put("execution.checkpointing.timeout", "10 min");
      flink.put("execution.checkpointing.dir", folder.folder("checkpoints").toUri().toString());
      flink.put("io.tmp.dirs", folder.folder("flink").toString());
      flink.put("rest.bind-address", "localhost");
      flink.put("rest.bind-port", "0");
      flink.putAll(flinkOptions);
      ScaleSpec spec =
          new ScaleSpec(
              count,
              !inTurn,
              hidden,
              kernel,
              common.orElse(fillSeconds, 180, 20),
              common.orElse(seconds, 60, 2),
              folder.folder("savepoints").toUri().toString(),
              flink);
      ObjectMapper json = new ObjectMapper();
      Path file = folder.path().resolve("scale.json");
      json.writeValue(file.toFile(), spec);
      try (ChildJvm jvm =
          new ChildJvm(
              ScaleMain.class,
              folder.folder("tmp"),
              List.of("-Xms" + maxHeap, "-Xmx" + maxHeap),
              file.toString())) {
        return json.readValue(jvm.await(ScaleMain.RESULT), ScaleResult.class);
      }
    }
  }
}
