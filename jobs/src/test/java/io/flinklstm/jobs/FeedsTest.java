package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.testing.FeedsPage;
import io.flinklstm.jobs.testing.FeedsPage.Feed;
import io.flinklstm.jobs.testing.FeedsPage.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads the samples of docs/feeds.md with the options beside them. */
class FeedsTest {

  @TempDir private Path folder;

  static List<Feed> feeds() {
    return FeedsPage.read().stream().filter(feed -> !feed.records().isEmpty()).toList();
  }

  @Test
  void onlyBinaryFeedsHaveNoSample() {
    assertThat(FeedsPage.read())
        .filteredOn(feed -> feed.records().isEmpty())
        .extracting(Feed::name)
        .containsExactly("Avro with a schema registry");
    assertThat(feeds()).hasSizeGreaterThan(60);
  }

  @ParameterizedTest
  @MethodSource("feeds")
  void givesWhatThePageSays(Feed feed) throws IOException {
    assertThat(feed.columns()).isEqualTo(feed.fields());
    ObservationReader reader =
        RecordCodecs.reader(
            feed.fields(), RecordFormatLoader.load(config(feed, folder), feed.fields()));
    Rows rows = new Rows();
    feed.records().forEach(record -> reader.read(ObservationDeserializer.source(record), rows));
    assertThat(rows.read).isEqualTo(feed.rows());
  }

  /** The options of a feed as the job reads them from a file. */
  static ForecastJobConfig config(Feed feed, Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("job.yaml"), feed.options());
    return ForecastJobConfig.fromArguments(
        "--config",
        file.toString(),
        "--lstm.kafka.bootstrap-servers",
        "localhost:9",
        "--lstm.model.path",
        "model.safetensors");
  }

  /** What was read, as the page's tables show it. */
  private static final class Rows implements ObservationReader.Sink {

    private final List<Row> read = new ArrayList<>();

    @Override
    public void observation(Observation observation) {
      read.add(
          new Row(
              observation.key(),
              observation.eventTime(),
              Arrays.stream(observation.values()).boxed().toList()));
    }

    @Override
    public void rejected(Rejection rejection, SourceRecord record) {
      throw new AssertionError(rejection.toString());
    }

    @Override
    public void skipped(SourcePosition position) {
      read.add(Row.SKIPPED);
    }
  }
}
