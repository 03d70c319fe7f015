package io.flinklstm.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.faults.campaign.SubmitCycles;
import io.flinklstm.faults.campaign.SubmitCycles.Footprint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The short form of {@code jobs/faults/run cycles}. */
class SubmitCyclesITCase {

  @Test
  void cancelledJobsLeaveNeitherClassesNorThreadsBehind() throws Exception {
    List<Footprint> footprints =
        new SubmitCycles(ShortCampaign.SETUP, Folders.empty("cycles"), System.out::println)
            .run(6, 3);
    assertThat(footprints).hasSize(6); // two TaskManagers and the JobManager, twice
    assertThat(SubmitCycles.complaints(footprints)).isEmpty();
  }

  @Test
  void complainsOfWhatGrows() {
    assertThat(
            SubmitCycles.complaints(
                List.of(
                    new Footprint("a", 1, 80_000_000, 60),
                    new Footprint("b", 1, 80_000_000, 60),
                    new Footprint("c", 1, 80_000_000, 60),
                    new Footprint("a", 9, 95_000_000, 62),
                    new Footprint("b", 9, 136_000_000, 60),
                    new Footprint("c", 9, 80_000_000, 90))))
        .hasSize(2)
        .anyMatch(complaint -> complaint.startsWith("b "))
        .anyMatch(complaint -> complaint.startsWith("c "));
  }

  @Test
  void measuresEachProcessTwiceAtLeast() {
    StringWriter errors = new StringWriter();
    int exit =
        new CommandLine(new CyclesCommand())
            .setErr(new PrintWriter(errors))
            .execute("--cycles=5", "--every=3");
    assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).startsWith("--cycles: expected at least twice --every");
  }
}
