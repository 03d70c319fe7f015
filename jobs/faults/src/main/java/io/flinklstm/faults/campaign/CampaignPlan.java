package io.flinklstm.faults.campaign;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a campaign does.
 *
 * @param seed of the ticks, the order of the faults, their victims and their times
 * @param faults how often each fault occurs; for {@link Fault#RESCALED}, the number of steps
 *     through {@link #PARALLELISMS}
 * @param refusalSeconds how long the broker refuses connections
 * @param model the model file
 */
public record CampaignPlan(
    long seed,
    Mode mode,
    Traffic traffic,
    Map<Fault, Integer> faults,
    int refusalSeconds,
    Path model) {

  /**
   * How the job runs.
   *
   * @param backend hashmap or rocksdb
   * @param unaligned whether checkpoints are unaligned
   * @param secured whether the job uses SASL_SSL to talk to the broker
   * @param exactlyOnce whether delivery is exactly-once; otherwise at-least-once
   */
  public record Mode(String backend, boolean unaligned, boolean secured, boolean exactlyOnce) {

    Map<String, String> flinkSettings() {
      return Map.of(
          "state.backend.type",
          backend,
          // Compression would hide secrets from the search.
          "execution.checkpointing.snapshot-compression",
          Boolean.toString(!secured),
          "execution.checkpointing.unaligned.enabled",
          Boolean.toString(unaligned),
          // Detects a missing JobManager within seconds.
          "high-availability.zookeeper.client.session-timeout",
          "4 s",
          "high-availability.zookeeper.client.connection-timeout",
          "3 s");
    }

    Map<String, String> jobOptions() {
      return Map.of("lstm.sink.delivery-guarantee", exactlyOnce ? "exactly-once" : "at-least-once");
    }
  }

  /**
   * What is sent.
   *
   * @param ticks minimum number of ticks
   * @param perSecond ticks per second during the faults
   * @param keys number of streams
   */
  public record Traffic(long ticks, int perSecond, int keys) {}

  /** The parallelisms that rescaling steps through. */
  static final List<Integer> PARALLELISMS = List.of(1, 2, 4, 3, 1);

  /** The faults in the order in which they occur, a function of the seed. */
  List<Fault> schedule() {
    List<Fault> schedule = new ArrayList<>();
    for (Fault fault : Fault.values()) { // a fixed order, whatever the map's
      schedule.addAll(Collections.nCopies(faults.getOrDefault(fault, 0), fault));
    }
    Collections.shuffle(schedule, new Random(seed));
    return schedule;
  }

  @Override
  public String toString() {
    return "seed "
        + seed
        + ", "
        + mode.backend()
        + ", "
        + (mode.unaligned() ? "unaligned" : "aligned")
        + " checkpoints"
        + (mode.secured() ? ", SASL_SSL" : "")
        + (mode.exactlyOnce() ? "" : ", at least once");
  }
}
