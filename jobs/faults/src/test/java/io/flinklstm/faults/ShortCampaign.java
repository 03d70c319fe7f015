package io.flinklstm.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.faults.campaign.Campaign;
import io.flinklstm.faults.campaign.CampaignPlan;
import io.flinklstm.faults.campaign.CampaignResult;
import io.flinklstm.faults.campaign.Fault;
import io.flinklstm.faults.campaign.FaultRecord;
import io.flinklstm.faults.campaign.Setup;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A short form of {@code jobs/faults/run campaign}, in two parts that run side by side. */
abstract class ShortCampaign {

  static final Setup SETUP = new Setup(Path.of("..", "..").toAbsolutePath().normalize());

  private static final int TICKS = 20_000;

  private final String name;
  private final long seed;
  private final Map<Fault, Integer> faults;

  /**
   * @param name of the folder, which is kept so that logs can be inspected
   * @param seed decides the order of the faults
   * @param faults how often each fault occurs
   */
  ShortCampaign(String name, long seed, Map<Fault, Integer> faults) {
    this.name = name;
    this.seed = seed;
    this.faults = faults;
  }

  @Test
  void isExactlyOnceAndTheSameBitsWhateverHappens() throws Exception {
    CampaignPlan plan =
        new CampaignPlan(
            seed,
            new CampaignPlan.Mode("rocksdb", true, true, true),
            new CampaignPlan.Traffic(TICKS, 300, 100),
            faults,
            0,
            SETUP.bundledModel());
    Path folder = Folders.empty(name);
    CampaignResult result;
    try (Campaign campaign = new Campaign(plan, SETUP, folder, System.out::println)) {
      result = campaign.run();
    }
    System.out.println(result.verdict());
    assertThat(result.complaints()).isEmpty();
    assertThat(result.verdict().records()).isGreaterThanOrEqualTo(TICKS);
    assertThat(result.verdict().predictions()).isGreaterThan(TICKS * 9 / 10);
    assertThat(result.verdict().late()).isPositive();
    assertThat(result.verdict().duplicates()).isPositive();
    assertThat(result.faults())
        .hasSize(faults.values().stream().mapToInt(k -> k).sum())
        .extracting(FaultRecord::evidence)
        .doesNotContain("");
    assertThat(result.metrics())
        .contains(
            "flink_jobmanager_job_lastCheckpointDuration",
            "flink_taskmanager_job_task_operator_lstm_observations",
            "flink_taskmanager_job_task_operator_lstm_status_predictions");
  }
}
