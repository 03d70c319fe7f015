package io.flinklstm.faults.campaign;

import io.flinklstm.faults.process.FlinkRest;
import io.flinklstm.faults.process.ServerProcess;
import io.flinklstm.faults.process.Waiting;
import io.flinklstm.faults.ticks.TickFeed;
import io.flinklstm.faults.ticks.TickRecords;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Repeatedly submits the job to one cluster and cancels it: whatever a job leaves behind in the
 * JVMs (classes, threads) would add up.
 */
public final class SubmitCycles {

  private static final int COLLECTIONS = 3;
  private static final int SETTLING_MILLIS = 1_000;

  /** Objects that only caches reference are released soon. */
  private static final Map<String, String> SETTINGS =
      Map.of("env.java.opts.all", "-XX:SoftRefLRUPolicyMSPerMB=0");

  /**
   * The size of three jobs' classes, because some are unloaded late. A cluster that keeps every
   * job's classes grows by more than this in four jobs.
   */
  private static final long MAX_GROWTH_BYTES = 38_000_000;

  private static final int MAX_GROWTH_THREADS = 8;
  private static final long TICKS = 2_000;
  private static final int KEYS = 100;

  /**
   * What a process holds after a garbage collection.
   *
   * @param cycle how many jobs it has run
   * @param metaspaceBytes size of its classes
   */
  public record Footprint(String process, int cycle, long metaspaceBytes, long threads) {

    @Override
    public String toString() {
      return String.format(
          java.util.Locale.ROOT,
          "after %3d jobs  %-14s %6.1f MB of metaspace, %4d threads",
          cycle,
          process,
          metaspaceBytes / 1e6,
          threads);
    }
  }

  private final Setup setup;
  private final Path folder;
  private final Consumer<Footprint> progress;

  /**
   * @param folder an empty folder for logs and state, which are kept
   * @param progress receives each measurement
   */
  public SubmitCycles(Setup setup, Path folder, Consumer<Footprint> progress) {
    this.setup = setup;
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * Runs the cycles.
   *
   * @param every number of cycles between measurements
   * @return the measurements, in order
   */
  public List<Footprint> run(int cycles, int every) throws Exception {
    List<Footprint> footprints = new ArrayList<>();
    try (Servers servers = new Servers(setup, folder, SETTINGS, false, false)) {
      sendTicks(servers);
      FlinkRest rest = servers.flink().rest();
      String jar = rest.uploadJar(setup.jobJar());
      for (int cycle = 1; cycle <= cycles; cycle++) {
        cycle(rest, jar, servers.jobArguments(setup.bundledModel(), Map.of()));
        if (cycle % every == 0) {
          List<ServerProcess> processes = new ArrayList<>(servers.flink().taskManagers());
          processes.add(servers.flink().jobManager());
          for (ServerProcess process : processes) {
            footprints.add(measure(process, cycle));
            progress.accept(footprints.get(footprints.size() - 1));
          }
        }
      }
    }
    return footprints;
  }

  /** What has grown between a process's first measurement and its last; empty if nothing has. */
  public static List<String> complaints(List<Footprint> footprints) {
    Map<String, Footprint> first = new TreeMap<>();
    Map<String, Footprint> last = new TreeMap<>();
    for (Footprint footprint : footprints) {
      first.putIfAbsent(footprint.process(), footprint);
      last.put(footprint.process(), footprint);
    }
    List<String> complaints = new ArrayList<>();
    first.forEach(
        (process, before) -> {
          Footprint after = last.get(process);
          if (after.metaspaceBytes() > before.metaspaceBytes() + MAX_GROWTH_BYTES
              || after.threads() > before.threads() + MAX_GROWTH_THREADS) {
            complaints.add(process + " has grown: " + before + ", then " + after);
          }
        });
    return complaints;
  }

  private void sendTicks(Servers servers) throws IOException {
    Path file = setup.bundledModel();
    ForecastModel model = ModelFiles.read(Files.readAllBytes(file), file.toString());
    TickRecords records = new TickRecords(1, KEYS, model.card().fields());
    try (TickFeed feed =
        new TickFeed(servers.kafka().bootstrapServers(), records, Servers.PARTITIONS, 1000)) {
      feed.finish(TICKS);
    }
  }

  private static void cycle(FlinkRest rest, String jar, List<String> arguments) throws IOException {
    String job = rest.runJar(jar, arguments, 2, null);
    Waiting.until(
        "all ticks forecast", () -> rest.accumulators(job).getOrDefault("lstm.read", 0L) == TICKS);
    rest.cancel(job);
    Waiting.until("cancelled", () -> rest.status(job).equals("CANCELED"));
  }

  /** The smallest values after several collections: a job's threads end a moment after it. */
  private static Footprint measure(ServerProcess process, int cycle) throws IOException {
    long metaspaceBytes = Long.MAX_VALUE;
    long threads = Long.MAX_VALUE;
    for (int k = 0; k < COLLECTIONS; k++) {
      Waiting.pause(SETTLING_MILLIS);
      process.diagnose("GC.run");
      Map<String, Long> counters = process.performanceCounters();
      metaspaceBytes = Math.min(metaspaceBytes, counters.get("sun.gc.metaspace.used"));
      threads = Math.min(threads, counters.get("java.threads.live"));
    }
    return new Footprint(process.name(), cycle, metaspaceBytes, threads);
  }
}
