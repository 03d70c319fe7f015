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
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The short form of {@code jobs/faults/run campaign}; its folder is kept for a look at the logs.
 */
class CampaignITCase {

  static final Setup SETUP = new Setup(Path.of("..", "..").toAbsolutePath().normalize());

  private static final int TICKS = 40_000;

  @Test
  void isExactlyOnceAndTheSameBitsWhateverIsKilled() throws Exception {
    Map<Fault, Integer> faults = new TreeMap<>();
    faults.put(Fault.TASK_MANAGER_KILLED, 1);
    faults.put(Fault.JOB_MANAGER_KILLED, 1);
    faults.put(Fault.BROKER_RESTARTED, 1);
    faults.put(Fault.RESCALED, 2);
    faults.put(Fault.POISON, 1);
    CampaignPlan plan =
        new CampaignPlan(
            3,
            new CampaignPlan.Mode("rocksdb", true, true, true),
            new CampaignPlan.Traffic(TICKS, 300, 100),
            faults,
            0,
            SETUP.bundledModel());
    Path folder = Folders.empty("campaign");
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
    assertThat(result.faults()).hasSize(6).extracting(FaultRecord::evidence).doesNotContain("");
    assertThat(result.metrics())
        .contains(
            "flink_jobmanager_job_lastCheckpointDuration",
            "flink_taskmanager_job_task_operator_lstm_observations",
            "flink_taskmanager_job_task_operator_lstm_status_predictions");
  }
}
