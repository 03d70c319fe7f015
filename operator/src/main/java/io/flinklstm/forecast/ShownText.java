package io.flinklstm.forecast;

/** A text from a record as messages show it: its beginning, with control characters escaped. */
public final class ShownText {

  private static final int MAX_LENGTH = 60;

  private ShownText() {}

  public static String of(String text) {
    StringBuilder shown = new StringBuilder();
    for (int k = 0; k < Math.min(text.length(), MAX_LENGTH); k++) {
      char c = text.charAt(k);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        shown.append("\\u").append(Integer.toHexString(c | 0x10000).substring(1));
      } else {
        shown.append(c);
      }
    }
    return text.length() <= MAX_LENGTH
        ? shown.toString()
        : shown + "... of " + text.length() + " characters";
  }
}
