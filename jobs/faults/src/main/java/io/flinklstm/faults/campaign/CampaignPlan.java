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
 * @param backend hashmap or rocksdb
 * @param unaligned whether checkpoints are
 * @param secured whether the job talks to the broker by SASL_SSL
 * @param ticks at least so many are sent
 * @param ticksPerSecond while there are faults
 * @param keys streams
 * @param refusalSeconds how long the broker refuses
 * @param faults how often each occurs; of {@link Fault#RESCALED} it is how many steps of {@link
 *     #PARALLELISMS} are gone
 * @param model the model file
 */
public record CampaignPlan(
    long seed,
    String backend,
    boolean unaligned,
    boolean secured,
    long ticks,
    int ticksPerSecond,
    int keys,
    int refusalSeconds,
    Map<Fault, Integer> faults,
    Path model) {

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
        + backend
        + ", "
        + (unaligned ? "unaligned" : "aligned")
        + " checkpoints"
        + (secured ? ", SASL_SSL" : "");
  }
}
