package io.flinklstm.jobs.testing;

import io.flinklstm.formula.FieldPath;
import io.flinklstm.formula.Formula;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The feeds of docs/feeds.md. A section of the page is a feed: blocks of records, each after a line
 * that says what else the Kafka records have if that matters, a block of options, a line of
 * formulas, and a table of what comes out.
 */
public final class FeedsPage {

  private static final Path PAGE = Path.of("..", "docs", "feeds.md");
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern PART = Pattern.compile("(key|topic|timestamp) `([^`]+)`");
  private static final Pattern HEADER = Pattern.compile("header `([^`]+)` = `([^`]+)`");
  private static final Instant TIMESTAMP = Instant.parse("2025-06-02T14:00:10Z");

  /**
   * A section of the page.
   *
   * @param options as in a configuration file
   * @param formulas of the model card
   * @param columns the fields of the table's columns
   * @param rows in order, of observations and of what is skipped
   */
  public record Feed(
      String name,
      String options,
      List<Formula> formulas,
      List<ConsumerRecord<byte[], byte[]>> records,
      List<String> columns,
      List<Row> rows) {

    /** The fields that the formulas need, as a model card lists them. */
    public List<String> fields() {
      return formulas.stream().flatMap(formula -> formula.fields().stream()).distinct().toList();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A row of a table.
   *
   * @param key null if the record or element is skipped; then the rest does not matter
   */
  public record Row(@Nullable String key, long eventTime, List<Double> values) {

    /** Of a record or element that is skipped. */
    public static final Row SKIPPED = new Row(null, 0, List.of());
  }

  private FeedsPage() {}

  public static List<Feed> read() {
    try {
      return Stream.of(Files.readString(PAGE).split("(?m)^##+ "))
          .skip(1)
          .filter(section -> section.contains("\nlstm.source."))
          .map(section -> new Section().read(section))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> spans(String line) {
    return SPAN.matcher(line).results().map(span -> span.group(1)).toList();
  }

  /** Reads one section, line by line. */
  private static final class Section {

    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private List<Formula> formulas = List.of();
    private List<String> columns = List.of();
    private String options = "";
    private String about = ""; // what the next records have besides their values

    Feed read(String section) {
      List<String> lines = section.lines().toList();
      for (int k = 1; k < lines.size(); k++) {
        String line = lines.get(k);
        if (line.startsWith("```")) {
          int end = k + 1 + lines.subList(k + 1, lines.size()).indexOf("```");
          block(line.substring(3), lines.subList(k + 1, end));
          k = end;
        } else if (line.startsWith("Record with ")) {
          about = line;
          if (line.contains(", without a value")) {
            add(null);
          }
        } else if (line.startsWith("Card formulas: ")) {
          formulas = spans(line).stream().map(Formula::parse).toList();
        } else if (line.startsWith("| key | event time | ")) {
          columns = spans(line).stream().map(name -> FieldPath.parse(name).toString()).toList();
        } else if (line.startsWith("| ")) {
          rows.add(row(line));
        }
      }
      return new Feed(lines.get(0), options, formulas, records, columns, rows);
    }

    private void block(String language, List<String> lines) {
      switch (language) {
        case "yaml" -> options = String.join("\n", lines);
        case "csv" -> lines.forEach(this::add);
        // A record begins in the first column.
        case "json" ->
            Arrays.stream(String.join("\n", lines).split("\n(?! )", -1)).forEach(this::add);
        default -> {}
      }
    }

    private void add(@Nullable String value) {
      RecordHeaders headers = new RecordHeaders();
      HEADER
          .matcher(about)
          .results()
          .forEach(h -> headers.add(h.group(1), SourceRecords.utf8(h.group(2))));
      byte[] bytes = value == null ? null : SourceRecords.utf8(value);
      byte[] key = part("key").map(SourceRecords::utf8).orElse(null);
      records.add(
          new ConsumerRecord<>(
              part("topic").orElse("ticks"),
              0,
              records.size(),
              part("timestamp").map(Instant::parse).orElse(TIMESTAMP).toEpochMilli(),
              TimestampType.CREATE_TIME,
              key == null ? -1 : key.length,
              bytes == null ? -1 : bytes.length,
              key,
              bytes,
              headers,
              Optional.empty()));
    }

    private Optional<String> part(String name) {
      return PART.matcher(about)
          .results()
          .filter(part -> part.group(1).equals(name))
          .map((MatchResult part) -> part.group(2))
          .findFirst();
    }

    private static Row row(String line) {
      List<String> cells =
          Arrays.stream(line.substring(1).split("\\|", -1))
              .map(cell -> cell.replace("`", "").strip())
              .toList();
      return cells.get(0).equals("*skipped*")
          ? Row.SKIPPED
          : new Row(
              cells.get(0),
              Instant.parse(cells.get(1)).toEpochMilli(),
              cells.subList(2, cells.size() - 1).stream().map(Double::valueOf).toList());
    }
  }
}
