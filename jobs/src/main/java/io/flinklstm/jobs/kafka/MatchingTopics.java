package io.flinklstm.jobs.kafka;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.SourceTopics;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The topics of a broker that match the job's pattern. */
final class MatchingTopics {

  private static final int NAMED = 5; // at most so many names in a message

  private MatchingTopics() {}

  /**
   * @param visible names of the topics that the broker shows
   * @throws JobConfigurationException if none matches; names the nearest
   */
  static List<String> of(ForecastJobConfig config, Collection<String> visible) {
    SourceTopics source = config.sourceTopics();
    List<String> matching = visible.stream().filter(source::includes).sorted().toList();
    if (matching.isEmpty()) {
      String pattern = String.valueOf(source.pattern());
      throw new JobConfigurationException(
          source.option().key()
              + ": expected the name of a topic at "
              + config.get(ForecastJobOptions.BOOTSTRAP_SERVERS)
              + " to match "
              + pattern
              + ", got "
              + (visible.isEmpty()
                  ? "no topic that this user may see"
                  : "no match among "
                      + visible.size()
                      + ", the nearest "
                      + nearest(pattern, visible))
              + "; whole names must match");
    }
    return matching;
  }

  private static String nearest(String pattern, Collection<String> visible) {
    String plain = pattern.replaceAll("[^a-zA-Z0-9_-]", "");
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return String.join(
        ", ",
        visible.stream()
            .sorted(
                Comparator.<String>comparingInt(topic -> distance.apply(plain, topic))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(NAMED)
            .toList());
  }
}
