package io.flinklstm.jobs.config;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines at its spaces. */
public final class WordWrap {

  private WordWrap() {}

  /**
   * Lines of at most {@code width} characters; a longer word stays whole on a line of its own. Line
   * breaks in the text are kept, and lines that begin with a space stay whole because they are
   * meant to be copied.
   */
  public static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\\R", -1)) {
      int begin = 0;
      while (line.length() - begin > width && !line.startsWith(" ")) {
        int end = line.lastIndexOf(' ', begin + width);
        if (end < begin) {
          end = line.indexOf(' ', begin + width);
        }
        if (end < 0) {
          break;
        }
        lines.add(line.substring(begin, end).stripTrailing());
        for (begin = end; begin < line.length() && line.charAt(begin) == ' '; ) {
          begin++;
        }
      }
      lines.add(line.substring(begin));
    }
    return lines;
  }
}
