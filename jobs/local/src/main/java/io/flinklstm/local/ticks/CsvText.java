package io.flinklstm.local.ticks;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Reads CSV files with a header line: plain or gzip, with or without a byte order mark. */
public final class CsvText {

  private static final int GZIP_MAGIC = 0x1f8b;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private CsvText() {}

  /**
   * A reader that reads the rows as they are needed.
   *
   * @param in the file's bytes; closed with the reader
   */
  public static CsvReader<NamedCsvRecord> reader(InputStream in) throws IOException {
    return CsvReader.builder()
        .skipEmptyLines(true)
        .ofNamedCsvRecord(
            new InputStreamReader(skipByteOrderMark(gunzip(in)), StandardCharsets.UTF_8));
  }

  /** Why a file could not be read to its end, for a message. */
  public static String reason(Exception failure) {
    Throwable reason = failure;
    while (reason instanceof UncheckedIOException) {
      reason = reason.getCause();
    }
    if (reason instanceof EOFException) { // thrown by GZIPInputStream only
      return "an unexpected end of gzip";
    }
    return reason.getMessage() == null ? reason.toString() : reason.getMessage();
  }

  private static InputStream gunzip(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(2);
    int magic = buffered.read() << 8 | buffered.read();
    buffered.reset();
    return magic == GZIP_MAGIC ? new GZIPInputStream(buffered, 1 << 16) : buffered;
  }

  /** Spreadsheets start their files with a byte order mark, which is not part of the first name. */
  private static InputStream skipByteOrderMark(InputStream in) throws IOException {
    PushbackInputStream pushback = new PushbackInputStream(in, BYTE_ORDER_MARK.length);
    byte[] begin = pushback.readNBytes(BYTE_ORDER_MARK.length);
    if (!Arrays.equals(begin, BYTE_ORDER_MARK)) {
      pushback.unread(begin);
    }
    return pushback;
  }
}
