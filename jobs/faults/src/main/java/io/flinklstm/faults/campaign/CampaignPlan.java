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
 * @param seed of the ticks, of the order of the faults, of their victims and moments
 * @param faults how often each occurs; of {@link Fault#RESCALED} it is how many steps of {@link
 *     #PARALLELISMS} are gone
 * @param refusalSeconds how long the broker refuses
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
   * How the job is run.
   *
   * @param backend hashmap or rocksdb
   * @param unaligned whether checkpoints are
   * @param secured whether the job talks to the broker by SASL_SSL
   * @param exactlyOnce or at least once
   */
  public record Mode(String backend, boolean unaligned, boolean secured, boolean exactlyOnce) {

    Map<String, String> flinkSettings() {
      return Map.of(
          "state.backend.type",
          backend,
          // Secrets could not be found in what is compressed.
          "execution.checkpointing.snapshot-compression",
          Boolean.toString(!secured),
          "execution.checkpointing.unaligned.enabled",
          Boolean.toString(unaligned),
          // So that a JobManager that is away is missed within seconds.
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
   * @param ticks at least so many
   * @param perSecond while there are faults
   * @param keys streams
   */
  public record Traffic(long ticks, int perSecond, int keys) {}

  /** One after the other, by rescaling. */
  static final List<Integer> PARALLELISMS = List.of(1, 2, 4, 3, 1);

  /** The faults in the order in which they occur, a function of the seed. */
  List<Fault> schedule() {
    List<Fault> schedule = new ArrayList<>();
    for (Fault fault : Fault.values()) { // in one order, whatever the map's
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
