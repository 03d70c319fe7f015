package io.flinklstm.faults.campaign;

import io.flinklstm.faults.ticks.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The result of a campaign.
 *
 * @param balance the job's own counts at its end, by accumulator name
 * @param metrics the names of all metrics that the processes exposed to Prometheus
 * @param exposed places where a secret was found
 */
public record CampaignResult(
    CampaignPlan plan,
    List<FaultRecord> faults,
    Verdict verdict,
    Map<String, Long> balance,
    Set<String> metrics,
    List<String> exposed) {

  /** Deviations from what was expected; empty if there are none. */
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    if (plan.mode().exactlyOnce() ? !verdict.isExact() : !verdict.isComplete()) {
      complaints.add(verdict.toString());
    }
    expect(complaints, "lstm.read", verdict.records());
    expect(complaints, "lstm.predictions", verdict.predictions());
    expect(complaints, "lstm.late", verdict.late());
    expect(complaints, "lstm.duplicates", verdict.duplicates());
    expect(complaints, "lstm.deadLetters", verdict.deadLetters());
    expect(complaints, "lstm.buffered", 0);
    exposed.forEach(place -> complaints.add("secret in " + place));
    return complaints;
  }

  private void expect(List<String> complaints, String accumulator, long count) {
    long actual = balance.getOrDefault(accumulator, 0L);
    if (actual != count) {
      complaints.add(accumulator + ": expected " + count + ", got " + actual);
    }
  }
}
