package io.flinklstm.benchmarks.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A forecast job to run in a JVM of its own.
 *
 * @param place what stands in the place of the forecast
 * @param flinkOptions Flink's own configuration
 * @param arguments as the job itself takes them
 */
public record JobSpec(
    JobVariant.Place place, Map<String, String> flinkOptions, List<String> arguments) {

  /** The same with another option of the job. */
  public JobSpec with(String option, String value) {
    List<String> more = new ArrayList<>(arguments);
    more.addAll(List.of("--" + option, value));
    return new JobSpec(place, flinkOptions, more);
  }
}
