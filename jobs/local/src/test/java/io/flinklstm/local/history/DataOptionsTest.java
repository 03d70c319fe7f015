package io.flinklstm.local.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.local.console.Resources;
import io.flinklstm.local.testing.TickFiles;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Series;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataOptionsTest {

  private static final String ROWS = "ts,symbol,price,size\n";

  @TempDir private Path folder;

  private String printed;
  private List<String> fields = List.of("price", "size");

  private History read(String... arguments) throws Exception {
    DataOptions options = options(arguments);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (Resources resources = new Resources()) {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      return options.read(fields, resources);
    } finally {
      System.setOut(before);
      printed = out.toString(StandardCharsets.UTF_8);
    }
  }

  private static DataOptions options(String... arguments) {
    DataOptions options = new DataOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return options;
  }

  private String file(String name, String text) throws Exception {
    return TickFiles.write(folder.resolve(name), text).toString();
  }

  @Test
  void readsSeveralStreamsOfOneFile() throws Exception {
    String file = file("t.csv", ROWS + "1.5,a,10,1\n1.5,b,0.1,2\n2,a,1e-3,3\n");
    History history =
        read("--data", file, "--key-field", "symbol", "--time-field", "ts", "--time-format", "s");
    assertThat(history.series()).extracting(Series::key).containsExactly("a", "b");
    Series a = history.series().get(0);
    assertThat(a.size()).isEqualTo(2);
    assertThat(a.observation(0).eventTime()).isEqualTo(1500);
    assertThat(a.observation(1).values()).containsExactly(0.001, 3);
    assertThat(history.series().get(1).observation(0).values()).containsExactly(0.1, 2);
  }

  @Test
  void readsColumnsWhoseNamesNeedQuotesOrHaveDots() throws Exception {
    fields = List.of("\"T (degC)\"", "data.p", "\"Adj Close\"", "\"a.b\"");
    String file = file("t.csv", "t,T (degC),data.p,Adj Close,a.b\n5,1,2,3,4\n");
    History history = read("--data", file, "--key", "a", "--time-field", "t");
    assertThat(history.series().get(0).observation(0).values()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void readsDaysBefore1970() throws Exception {
    String file =
        file("t.csv", "day,price,size\n1969-12-30,50.5,1\n1969-12-31,51.5,1\n1970-01-01,52,1\n");
    History history =
        read("--data", file, "--key", "a", "--time-field", "day", "--time-format", "iso");
    Series days = history.series().get(0);
    assertThat(days.size()).isEqualTo(3);
    assertThat(days.observation(1).eventTime()).isEqualTo(-86_400_000);
    assertThat(days.observation(1).values()).containsExactly(51.5, 1);
    assertThat(printed).doesNotContain("Refused");
  }

  @Test
  void readsLocalTimesInTheirZone() throws Exception {
    String file = file("t.csv", "at,price,size\n01.07.2025 12:00,50.5,1\n");
    History history =
        read(
            "--data",
            file,
            "--key",
            "a",
            "--time-field",
            "at",
            "--time-format",
            "dd.MM.yyyy HH:mm",
            "--time-zone",
            "America/New_York");
    assertThat(Instant.ofEpochMilli(history.series().get(0).observation(0).eventTime()))
        .isEqualTo("2025-07-01T16:00:00Z");
  }

  @Test
  void aTimeZoneThatDoesNotExistIsNamed() throws Exception {
    String file = file("t.csv", ROWS + "1,a,10,1\n");
    assertThatThrownBy(
            () -> read("--data", file, "--key", "a", "--time-field", "ts", "--time-zone", "Mars"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("'--time-zone'")
        .hasMessageContaining("expected a time zone such as America/New_York");
  }

  @Test
  void readsOneStreamOfEachFileOfAFolder() throws Exception {
    file("msft.csv.gz", "ts,price,size\n1,10,1\n");
    file("aapl.csv", "size,price,ts\n1,20,1\n2,21,2\n");
    file("notes.txt", "no ticks");
    History history =
        read("--data", folder.toString(), "--key-from-file-name", "--time-field", "ts");
    assertThat(history.series()).extracting(Series::key).containsExactly("aapl", "msft");
    assertThat(history.series().get(0).observation(1).values()).containsExactly(21, 2);
  }

  @Test
  void appendsFilesToTheStreamsThatTheyName() throws Exception {
    String one = file("1.csv", ROWS + "1,a,10,1\n");
    String two = file("2.csv", ROWS + "2,a,11,1\n");
    History history = read("--data", one, two, "--key-field", "symbol", "--time-field", "ts");
    assertThat(history.series()).hasSize(1);
    assertThat(history.rows()).isEqualTo(2);
  }

  @Test
  void tellsWhatTheJobWouldNotUse() throws Exception {
    String file =
        file("t.csv", ROWS + "1,a,10,1\n2,a,n/a,1\n3,a,,1\n4,a,5,\n9007199254740991,a,1e400,1\n");
    History history = read("--data", file, "--key-field", "symbol", "--time-field", "ts");
    assertThat(history.rows()).isEqualTo(1);
    assertThat(printed)
        .contains("Refused: 1 x WRONG_TYPE, the first one: field price: expected a number")
        .contains("Refused: 2 x MISSING_FIELD, the first one: field price: expected a value")
        .contains("Refused: 1 x NON_FINITE_FIELD");
  }

  @Test
  void readsTheNumbersOfAFileToTheBit() throws Exception {
    List<String> numbers =
        List.of("0.1", "0.30000000000000004", "-0.0", "4.9e-324", "1e-3", "9007199254740993");
    StringBuilder text = new StringBuilder("ts,price,size\n");
    for (int k = 0; k < numbers.size(); k += 2) {
      text.append("1546300800123,")
          .append(numbers.get(k))
          .append(',')
          .append(numbers.get(k + 1))
          .append('\n');
    }
    History history =
        read("--data", file("t.csv", text.toString()), "--key", "a", "--time-field", "ts");
    Series series = history.series().get(0);
    assertThat(series.size()).isEqualTo(3);
    for (int k = 0; k < numbers.size(); k++) {
      assertThat(Double.doubleToRawLongBits(series.observation(k / 2).values()[k % 2]))
          .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(numbers.get(k))));
    }
    assertThat(printed).isEmpty();
  }

  @Test
  void namesTheMostFrequentReasonWhereNothingIsLeft() throws Exception {
    String file = file("t.csv", ROWS + "1,a,,1\n2,a,x,1\n3,a,y,1\n");
    refused(
        "--data: expected observations that can be used, got none; most often 2 x WRONG_TYPE, the"
            + " first one: field price: expected a number",
        "--data",
        file,
        "--key-field",
        "symbol",
        "--time-field",
        "ts");
    refused(
        "--data: expected observations that can be used, got no rows",
        "--data",
        file("h.csv", ROWS),
        "--key-field",
        "symbol",
        "--time-field",
        "ts");
  }

  @Test
  void refusesOptionsThatNothingWouldRead() {
    refused(
        "--source-config: expected it with --topic, got --data",
        "--data",
        "t.csv",
        "--source-config",
        "job.yaml");
    for (String[] option :
        new String[][] {
          {"--key", "a"},
          {"--key-field", "symbol"},
          {"--key-from-file-name"},
          {"--time-field", "ts"},
          {"--time-format", "s"}
        }) {
      List<String> arguments = new ArrayList<>(List.of("--topic", "ticks"));
      arguments.addAll(List.of(option));
      refused("--topic: expected none of", arguments.toArray(String[]::new));
    }
  }

  @Test
  void namesTheConfigurationThatIsWrong() throws Exception {
    String config =
        file("job.yaml", "lstm.source: {format: csv, csv-columns: 'key,event_time,price'}\n");
    refused(
        "--source-config "
            + config
            + ": lstm.source.csv-columns: expected one column for the"
            + " field size",
        "--topic",
        "ticks",
        "--source-config",
        config);
  }

  @Test
  void stopsWhereTheUserEndsIt() throws Exception {
    DataOptions options =
        options("--data", file("t.csv", ROWS + "1,a,1,1\n"), "--key", "a", "--time-field", "ts");
    Resources resources = new Resources();
    resources.close();
    assertThatThrownBy(() -> options.read(List.of("price"), resources))
        .hasMessage("--data: stopped while reading");
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    String file = file("t.csv", ROWS + "1,a,x,1\n");
    refused("expected one of --data and --topic, got neither");
    refused("expected one of --data and --topic, got neither", "--time-field", "ts");
    refused("expected one of --data and --topic, got neither", "--source-config", file);
    refused("expected one of --data and --topic, got both", "--data", file, "--topic", "t");
    refused("expected --time-field with --data", "--data", file, "--key", "a");
    refused(
        "expected one of --key-field, --key and --key-from-file-name, got none",
        "--data",
        file,
        "--time-field",
        "ts");
    refused(
        "got both", "--data", file, "--time-field", "ts", "--key", "a", "--key-field", "symbol");
    refused(
        "--key-from-file-name, got two",
        "--data",
        file,
        "--time-field",
        "ts",
        "--key",
        "a",
        "--key-from-file-name");
    refused(
        "expected a file, got none at", "--data", file + "x", "--key", "a", "--time-field", "t");
    refused(
        "expected observations that can be used, got none",
        "--data",
        file,
        "--key",
        "a",
        "--time-field",
        "ts");
    refused(
        "expected a column named size, because a formula reads it, got [price]",
        "--data",
        file("p.csv", "ts,price\n1,1\n"),
        "--key",
        "a",
        "--time-field",
        "ts");
    refused(
        "expected *.csv or *.csv.gz files, got none",
        "--data",
        Files.createDirectory(folder.resolve("empty")).toString(),
        "--key",
        "a",
        "--time-field",
        "ts");
  }

  private void refused(String message, String... arguments) {
    assertThatThrownBy(() -> read(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
