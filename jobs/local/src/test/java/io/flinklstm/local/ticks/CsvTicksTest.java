package io.flinklstm.local.ticks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.local.ticks.CsvTicks.Columns;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTicksTest {

  private static final Columns BY_SYMBOL = new Columns("symbol", null, "time", TimeFormat.MS);
  private static final Columns ONE_KEY = new Columns(null, "BTCUSD", "time", TimeFormat.S);
  private static final String FILE =
      "symbol,bid,time,ask\nEURUSD,1.10,1546300800123,1.12\nGBPUSD,1.3,1546300800124,\n";

  @Test
  void readsKeyTimeAndTheOtherColumnsInOrder() throws Exception {
    assertThat(read(FILE, BY_SYMBOL))
        .containsExactly(
            new Tick("EURUSD", 1_546_300_800_123L, List.of("bid", "ask"), List.of("1.10", "1.12")),
            new Tick("GBPUSD", 1_546_300_800_124L, List.of("bid", "ask"), List.of("1.3", "")));
  }

  @Test
  void gzipReadsAsTheSameTicks() throws Exception {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(FILE.getBytes(UTF_8));
    }
    InputStream in = new ByteArrayInputStream(compressed.toByteArray());
    assertThat(read(in, BY_SYMBOL)).isEqualTo(read(FILE, BY_SYMBOL));
  }

  @Test
  void truncatedGzipNamesFileAndCause() throws Exception {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(FILE.getBytes(UTF_8));
    }
    byte[] cut = Arrays.copyOf(compressed.toByteArray(), compressed.size() - 10);
    assertThatThrownBy(() -> read(new ByteArrayInputStream(cut), BY_SYMBOL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ticks.csv: expected to read it to its end, got an unexpected end of gzip");
  }

  @Test
  void allRowsMayBelongToOneKey() throws Exception {
    List<Tick> ticks = read("time,price\n1385337600,782.45\n1385337600.5,782\n", ONE_KEY);
    assertThat(ticks).extracting(Tick::key).containsOnly("BTCUSD");
    assertThat(ticks)
        .extracting(Tick::eventTime)
        .containsExactly(1_385_337_600_000L, 1_385_337_600_500L);
  }

  @Test
  void unquotesFields() throws Exception {
    List<Tick> ticks =
        read("symbol,\"time\",note\n\"EUR,USD\",\"5\",\"two\nlines \"\"é\"\"\"\n", BY_SYMBOL);
    assertThat(ticks)
        .containsExactly(new Tick("EUR,USD", 5, List.of("note"), List.of("two\nlines \"é\"")));
  }

  @Test
  void takesWindowsLineEndsEmptyLinesAndNoLastLineEnd() throws Exception {
    assertThat(read("symbol,time\r\na,1\r\n\r\nb,2", BY_SYMBOL))
        .extracting(Tick::key)
        .containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "symbol,time\n", "symbol,time"})
  void fileWithoutRowsHasNoTicks(String file) throws Exception {
    assertThat(read(file, BY_SYMBOL)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'symbol,when\na,1\n',time,'[symbol, when]'",
    "'name,time\na,1\n',symbol,'[name, time]'",
    "'symbol;time\na;1\n',time,[symbol;time]"
  })
  void missingColumnIsNamedWithThoseThatAreThere(String file, String column, String header) {
    assertThatThrownBy(() -> read(file, BY_SYMBOL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ticks.csv: expected a column named " + column + ", got " + header);
  }

  @ParameterizedTest
  @CsvSource({"'b,2',2", "'b,2,3,4',4"})
  void rowOfAnotherWidthNamesItsLine(String row, int columns) {
    assertThatThrownBy(() -> read("symbol,time,x\na,1,1\n\n" + row + "\nc,3,3\n", BY_SYMBOL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ticks.csv line 4: expected 3 columns, got " + columns);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "", "01/02/2019", "1e30"})
  void badTimeNamesLineColumnAndValue(String time) {
    assertThatThrownBy(() -> read("symbol,time\na,1\nb," + time + "\n", BY_SYMBOL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ticks.csv line 3: column time: expected a time in the format ms, got " + time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "event_time"})
  void columnThatWouldCollideInTheRecordIsNamed(String column) {
    assertThatThrownBy(() -> read("symbol,time," + column + "\na,1,1\n", BY_SYMBOL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("ticks.csv: ")
        .hasMessageEndingWith("got another column named " + column);
  }

  @Test
  void keyAndTimeMayStandUnderTheRecordsOwnNames() throws Exception {
    Columns columns = new Columns("key", null, "event_time", TimeFormat.MS);
    assertThat(read("key,event_time,bid\na,5,1\n", columns))
        .containsExactly(new Tick("a", 5, List.of("bid"), List.of("1")));
  }

  @Test
  void closesTheFile() throws Exception {
    boolean[] closed = new boolean[1];
    InputStream in =
        new ByteArrayInputStream(FILE.getBytes(UTF_8)) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    new CsvTicks(in, "ticks.csv", BY_SYMBOL).close();
    assertThat(closed[0]).isTrue();
  }

  private static List<Tick> read(String file, Columns columns) throws IOException {
    return read(new ByteArrayInputStream(file.getBytes(UTF_8)), columns);
  }

  private static List<Tick> read(InputStream in, Columns columns) throws IOException {
    List<Tick> all = new ArrayList<>();
    try (CsvTicks ticks = new CsvTicks(in, "ticks.csv", columns)) {
      ticks.forEachRemaining(all::add);
    }
    return all;
  }
}
