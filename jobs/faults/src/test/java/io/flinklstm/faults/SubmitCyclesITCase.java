package io.flinklstm.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.faults.campaign.SubmitCycles;
import io.flinklstm.faults.campaign.SubmitCycles.Footprint;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form of {@code jobs/faults/run cycles}. */
class SubmitCyclesITCase {

  /** What the classes of one job take; more, and a job's would be kept. */
  private static final long CLASSES_OF_A_JOB_BYTES = 8_000_000;

  @Test
  void cancelledJobsLeaveNeitherClassesNorThreadsBehind() throws Exception {
    List<Footprint> footprints =
        new SubmitCycles(CampaignITCase.SETUP, Folders.empty("cycles"), System.out::println)
            .run(6, 3);
    assertThat(footprints).hasSize(6); // two TaskManagers and the JobManager, twice
    for (int k = 0; k < 3; k++) {
      Footprint before = footprints.get(k);
      Footprint after = footprints.get(k + 3);
      assertThat(after.metaspaceBytes())
          .as(after.toString())
          .isBetween(1L, before.metaspaceBytes() + CLASSES_OF_A_JOB_BYTES);
      assertThat(after.threads()).as(after.toString()).isBetween(1L, before.threads() + 5);
    }
  }
}
