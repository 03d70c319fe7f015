package io.flinklstm.jobs.record.csv;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.RecordWrapper;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.Utf8Check;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The required cells of one CSV line (RFC 4180). One object serves all lines of a reader: the
 * parser's input never ends and receives each line as it is read. Not thread-safe.
 */
final class CsvLine extends AbstractBaseCsvCallbackHandler<CsvLine> {

  /** Buffers that have grown beyond this are discarded. */
  private static final int KEPT_BUFFER = 1 << 16;

  private static final int INITIAL_TEXT = 256;
  private static final int BYTE_ORDER_MARK_LENGTH = 3;

  private final boolean[] wanted; // by column
  private final int[] ends; // by column: where its cell ends in text and the next one begins
  private char[] text = new char[INITIAL_TEXT]; // the required cells, one after another
  private int length;

  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final Input input = new Input();
  private CloseableIterator<CsvLine> parser = newParser();

  // Properties of the current line.
  private boolean plain; // ASCII without quotes or line ends
  private boolean strayQuote;
  private int lineEnds;

  CsvLine(boolean[] wanted) {
    this.wanted = wanted;
    this.ends = new int[wanted.length];
  }

  private CloseableIterator<CsvLine> newParser() {
    return CsvReader.builder()
        .skipEmptyLines(false)
        .acceptCharsAfterQuotes(false)
        .build(this, input)
        .iterator();
  }

  /** Splits a line, which may end with a line break, into cells. */
  void read(byte[] bytes) throws RejectedRecordException {
    if (text.length > KEPT_BUFFER) {
      text = new char[INITIAL_TEXT];
    }
    int from = hasByteOrderMark(bytes) ? BYTE_ORDER_MARK_LENGTH : 0;
    int to = withoutLineEnd(bytes, from);
    plain = isPlain(bytes, from, to);
    lineEnds = 0;
    strayQuote = false;
    if (!plain) {
      Utf8Check.text(bytes, "value");
      checkQuotes(bytes, from, to);
    }
    length = 0;
    input.give(bytes, from, to);
    parse();
    if (lineEnds != 0 || bytes.length > KEPT_BUFFER) {
      parser = newParser(); // it would keep the other lines, or the long one
    }
    if (strayQuote) {
      throw malformed("quotes only around a cell, got one inside");
    }
    if (lineEnds != 0) {
      throw malformed("one line of CSV, got another after it");
    }
    if (getFieldCount() != wanted.length) {
      throw malformed(wanted.length + " cells, got " + getFieldCount());
    }
  }

  private void parse() throws RejectedRecordException {
    try {
      parser.next();
    } catch (RuntimeException e) {
      parser = newParser();
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw malformed("a line of CSV, got: " + cause.getMessage());
    }
  }

  /** The required cells; column c is the text from {@link #start} to {@link #end}. */
  char[] text() {
    return text;
  }

  int start(int column) {
    return column == 0 ? 0 : ends[column - 1];
  }

  int end(int column) {
    return ends[column];
  }

  @Override
  protected void handleField(int column, char[] buffer, int offset, int count, boolean quoted) {
    if (!plain) {
      inspect(buffer, offset, count, quoted);
    }
    if (column >= wanted.length) {
      return;
    }
    if (wanted[column]) {
      if (length + count > text.length) {
        text = Arrays.copyOf(text, Math.max(length + count, 2 * text.length));
      }
      System.arraycopy(buffer, offset, text, length, count);
      length += count;
    }
    ends[column] = length;
  }

  @Override
  protected RecordWrapper<CsvLine> buildRecord() {
    return wrapRecord(this);
  }

  /** Finds what the parser accepts: quotes within an unquoted cell, and further lines. */
  private void inspect(char[] buffer, int offset, int count, boolean quoted) {
    for (int k = offset; k < offset + count; k++) {
      if (quoted) {
        lineEnds -= isLineEnd(buffer[k]) ? 1 : 0;
      } else {
        strayQuote |= buffer[k] == '"';
      }
    }
  }

  /** An open quote would make the parser wait for the rest of the cell. */
  private void checkQuotes(byte[] bytes, int from, int to) throws RejectedRecordException {
    boolean open = false;
    for (int k = from; k < to; k++) {
      open ^= bytes[k] == '"';
      lineEnds += isLineEnd((char) bytes[k]) ? 1 : 0;
    }
    if (open) {
      throw malformed("a closing quote, got the end");
    }
  }

  private static boolean isLineEnd(char c) {
    return c == '\n' || c == '\r';
  }

  private static boolean isPlain(byte[] bytes, int from, int to) {
    boolean plain = true;
    for (int k = from; k < to; k++) {
      // Bytes above the quote are neither control characters nor, being positive, parts of longer
      // ones.
      plain &= bytes[k] > '"';
    }
    return plain;
  }

  private static boolean hasByteOrderMark(byte[] bytes) {
    return bytes.length >= BYTE_ORDER_MARK_LENGTH
        && bytes[0] == (byte) 0xef
        && bytes[1] == (byte) 0xbb
        && bytes[2] == (byte) 0xbf;
  }

  private static int withoutLineEnd(byte[] bytes, int from) {
    int to = bytes.length;
    if (to > from && bytes[to - 1] == '\n') {
      to--;
    }
    return to > from && bytes[to - 1] == '\r' ? to - 1 : to;
  }

  private static RejectedRecordException malformed(String expectedAndGot) {
    return new RejectedRecordException(
        RejectionCode.MALFORMED, "value: expected " + expectedAndGot);
  }

  /** The parser's input: the current line, followed by a line end. */
  private final class Input extends Reader {

    private byte[] line = {};
    private int position;
    private int limit;
    private boolean ended;

    void give(byte[] bytes, int from, int to) {
      line = bytes;
      position = from;
      limit = to;
      ended = false;
    }

    @Override
    public int read(char[] target, int offset, int room) throws IOException {
      if (ended) {
        // Never report the end of input: the parser would accept no further line.
        throw new EOFException("no end of the line");
      }
      int count = plain ? widen(target, offset, room) : decode(target, offset, room);
      if (position == limit && count < room) {
        target[offset + count] = '\n';
        count++;
        ended = true;
      }
      return count;
    }

    private int widen(char[] target, int offset, int room) {
      int count = Math.min(limit - position, room);
      for (int k = 0; k < count; k++) {
        target[offset + k] = (char) line[position + k];
      }
      position += count;
      return count;
    }

    private int decode(char[] target, int offset, int room) {
      ByteBuffer from = ByteBuffer.wrap(line, position, limit - position);
      CharBuffer to = CharBuffer.wrap(target, offset, room);
      decoder.reset().decode(from, to, true);
      position = from.position();
      return to.position() - offset;
    }

    @Override
    public void close() {}
  }
}
