package io.flinklstm.benchmarks.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A forecast job to run in its own JVM.
 *
 * @param place the operator in place of the forecast
 * @param flinkOptions Flink's own configuration
 * @param arguments the job's own arguments
 */
public record JobSpec(
    JobVariant.Place place, Map<String, String> flinkOptions, List<String> arguments) {

  /** The same job with one more option. */
  public JobSpec with(String option, String value) {
    List<String> more = new ArrayList<>(arguments);
    more.addAll(List.of("--" + option, value));
    return new JobSpec(place, flinkOptions, more);
  }
}
