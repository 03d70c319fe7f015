package io.flinklstm.faults;

import io.flinklstm.faults.campaign.Fault;
import java.util.Map;

/** The job is rescaled, then its TaskManager and its JobManager are killed. */
class KilledProcessesITCase extends ShortCampaign {

  KilledProcessesITCase() {
    super(
        "killed",
        9,
        Map.of(Fault.RESCALED, 1, Fault.TASK_MANAGER_KILLED, 1, Fault.JOB_MANAGER_KILLED, 1));
  }
}
