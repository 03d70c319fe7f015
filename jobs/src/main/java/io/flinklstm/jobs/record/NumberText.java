package io.flinklstm.jobs.record;

import com.fasterxml.jackson.core.io.NumberInput;
import io.flinklstm.forecast.ShownText;
import java.math.BigDecimal;
import java.nio.CharBuffer;

/**
 * A number as text in JSON's notation, read to the same bits as by the JSON reader, so that a
 * stream has the same forecasts in every text format. One object serves all numbers of a reader:
 * call {@link #set}, then the other methods. Not thread-safe.
 */
public final class NumberText {

  /** The same as the JSON parser's limit: reading takes time quadratic in the length. */
  static final int MAX_LENGTH = 1000;

  private static final int LONG_DIGITS = 18; // this many always fit 64 bits

  private char[] chars = {};
  private int from;
  private int to;
  private boolean number;
  private boolean whole;

  /**
   * @param text shared, not modified; must not change until the next call
   */
  public void set(char[] text, int start, int end) {
    chars = text;
    from = start;
    to = end;
    int integerEnd = integerEnd();
    whole = integerEnd == to;
    number = end - start <= MAX_LENGTH && (whole || integerEnd > 0 && isFraction(integerEnd));
  }

  /** Whether the text is a number in JSON's notation. */
  public boolean isNumber() {
    return number;
  }

  /** Whether it is a number without fraction or exponent. */
  public boolean isWhole() {
    return number && whole;
  }

  /** The nearest double; infinite beyond a double's range. */
  public double toDouble() {
    if (whole && to - from <= LONG_DIGITS) {
      return toShortLong();
    }
    return NumberInput.parseDouble(chars, from, to - from, true);
  }

  /**
   * The whole number.
   *
   * @throws NumberFormatException if it does not fit 64 bits
   */
  public long toLong() {
    return to - from <= LONG_DIGITS
        ? toShortLong()
        : Long.parseLong(CharBuffer.wrap(chars), from, to, 10);
  }

  private long toShortLong() {
    boolean negative = chars[from] == '-';
    long value = 0;
    for (int k = negative ? from + 1 : from; k < to; k++) {
      value = 10 * value + (chars[k] - '0');
    }
    return negative ? -value : value;
  }

  /** The exact number, with every digit. */
  public BigDecimal toDecimal() {
    return new BigDecimal(chars, from, to - from);
  }

  /** The text itself. */
  @Override
  public String toString() {
    return new String(chars, from, to - from);
  }

  /** The text, for messages. */
  public String shown() {
    return ShownText.of(toString());
  }

  /** Where {@code -?(0|[1-9][0-9]*)} ends, or -1 if the text does not begin with it. */
  private int integerEnd() {
    int k = from < to && chars[from] == '-' ? from + 1 : from;
    if (k < to && chars[k] == '0') {
      return k + 1;
    }
    int end = digitsEnd(k);
    return end > k ? end : -1;
  }

  /** Whether the rest of the text is {@code ([.][0-9]+)?([eE][+-]?[0-9]+)?}. */
  private boolean isFraction(int start) {
    int k = start;
    if (chars[k] == '.') {
      int end = digitsEnd(k + 1);
      if (end == k + 1) {
        return false;
      }
      k = end;
    }
    if (k < to && (chars[k] == 'e' || chars[k] == 'E')) {
      k++;
      if (k < to && (chars[k] == '+' || chars[k] == '-')) {
        k++;
      }
      int end = digitsEnd(k);
      return end > k && end == to;
    }
    return k == to;
  }

  private int digitsEnd(int start) {
    int k = start;
    while (k < to && chars[k] >= '0' && chars[k] <= '9') {
      k++;
    }
    return k;
  }
}
