package io.flinklstm.local.history;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.console.Progress;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.ticks.CsvTicks;
import io.flinklstm.local.ticks.Tick;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Reads CSV files as if they had been replayed to a topic and read from it by the job. */
final class CsvHistory {

  private CsvHistory() {}

  /**
   * @param columns gives the meaning of a file's columns
   * @param fields the fields of the model card, which every file must have as columns
   * @param reader receives one record per row
   */
  static void read(
      List<Path> files,
      Function<Path, CsvTicks.Columns> columns,
      List<String> fields,
      HistoryReader reader,
      Resources resources)
      throws IOException {
    Progress progress = new Progress(System.out);
    long row = 0;
    for (Path file : files) {
      try (CsvTicks ticks =
          new CsvTicks(
              new InputFile("--data", file.toString()).open(),
              file.toString(),
              columns.apply(file))) {
        List<String> checked = null;
        while (ticks.hasNext() && !resources.isClosing()) {
          Tick tick = ticks.next();
          if (checked != tick.names()) {
            checked = tick.names();
            requireColumns(file, fields, checked);
          }
          reader.add(
              new SourceRecord(
                  new SourcePosition(file.toString(), 0, row++),
                  SourceRecord.NO_TIMESTAMP,
                  null,
                  tick.toJson(),
                  List.of()));
          long rows = row;
          progress.update(() -> String.format(Locale.ROOT, "%,d rows read", rows));
        }
      }
    }
    if (resources.isClosing()) {
      throw new IllegalStateException("--data: stopped while reading");
    }
    progress.end();
  }

  private static void requireColumns(Path file, List<String> fields, List<String> names) {
    for (String field : fields) {
      if (!names.contains(field)) {
        throw new IllegalArgumentException(
            file
                + ": expected a column named "
                + field
                + ", because a formula reads it, got "
                + names
                + " besides key and time");
      }
    }
  }
}
