package io.flinklstm.faults;

import io.flinklstm.faults.campaign.Campaign;
import io.flinklstm.faults.campaign.CampaignPlan;
import io.flinklstm.faults.campaign.CampaignResult;
import io.flinklstm.faults.campaign.Fault;
import io.flinklstm.faults.campaign.Setup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one campaign per seed. */
@Command(
    name = "campaign",
    description =
        "Sends ticks to the job jar on a cluster of processes, injects one fault after another, and"
            + " compares all output with a plain loop. The seed selects the state backend, aligned"
            + " or unaligned checkpoints, and a plain or secured broker. Exits with code 1 if any"
            + " output is lost, repeated or different.",
    mixinStandardHelpOptions = true)
final class CampaignCommand implements Callable<Integer> {

  @Mixin private RunOptions options;

  @Option(
      names = "--seeds",
      split = ",",
      defaultValue = "1,2,3,4",
      description = "Default: ${DEFAULT-VALUE}.")
  private List<Long> seeds;

  @Option(
      names = "--ticks",
      defaultValue = "260000",
      description =
          "Minimum number of ticks per seed; more are sent if the faults take longer at this pace"
              + " (most take a quarter of a minute). Default: ${DEFAULT-VALUE}.")
  private long ticks;

  @Option(
      names = "--pace",
      defaultValue = "500",
      description = "Ticks per second during the faults. Default: ${DEFAULT-VALUE}.")
  private int pace;

  @Option(
      names = "--keys",
      defaultValue = "500",
      description = "Number of streams. Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--times",
      defaultValue = "2",
      description =
          "How often each fault occurs per seed; rescaled always runs its whole chain of four"
              + " steps. Default: ${DEFAULT-VALUE}.")
  private int times;

  @Option(
      names = "--faults",
      split = ",",
      description = "Faults to inject, from: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Fault> faults = List.of(Fault.values());

  @Option(
      names = "--refusal",
      defaultValue = "60",
      description = "Seconds for which the broker refuses connections. Default: ${DEFAULT-VALUE}.")
  private int refusalSeconds;

  @Option(
      names = "--at-least-once",
      description =
          "Tests the job's at-least-once guarantee: outcomes may be repeated, but with the same"
              + " bytes.")
  private boolean atLeastOnce;

  @Option(names = "--model", description = "The model file. Default: the bundled one.")
  private Path model;

  @Override
  public Integer call() throws Exception {
    Setup setup = options.setup();
    List<CampaignResult> results = new ArrayList<>();
    System.out.println("Logs and state: " + options.folder());
    for (long seed : seeds) {
      CampaignPlan plan = plan(seed, setup);
      System.out.println("Campaign: " + plan);
      try (Campaign campaign =
          new Campaign(
              plan, setup, options.folder().resolve("seed-" + seed), System.out::println)) {
        CampaignResult result = campaign.run();
        System.out.println("  " + result.verdict());
        result.complaints().forEach(complaint -> System.out.println("  WRONG: " + complaint));
        results.add(result);
      }
    }
    CampaignReport report = new CampaignReport(results);
    System.out.print(report);
    return report.isExact() ? 0 : 1;
  }

  private CampaignPlan plan(long seed, Setup setup) {
    Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    faults.forEach(fault -> counts.put(fault, fault == Fault.RESCALED ? 4 : times));
    return new CampaignPlan(
        seed,
        new CampaignPlan.Mode(
            seed % 2 == 1 ? "hashmap" : "rocksdb",
            (seed - 1) / 2 % 2 == 1,
            seed % 3 == 0,
            !atLeastOnce),
        new CampaignPlan.Traffic(ticks, pace, keys),
        counts,
        refusalSeconds,
        model == null ? setup.bundledModel() : model);
  }
}
