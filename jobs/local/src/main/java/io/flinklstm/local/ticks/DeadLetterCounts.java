package io.flinklstm.local.ticks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts what happened to the dead letters of a replay; {@link #toString} says it in words. */
final class DeadLetterCounts {

  private final Map<String, Long> sentByTopic = new TreeMap<>();
  private long newTimestamps;
  private long cut;
  private long otherCodes;
  private long repeated;
  private long noDeadLetters;

  void sent(String topic, boolean keptTimestamp) {
    sentByTopic.merge(topic, 1L, Long::sum);
    newTimestamps += keptTimestamp ? 0 : 1;
  }

  void cut() {
    cut++;
  }

  void otherCode() {
    otherCodes++;
  }

  /** Counts a dead letter that the job wrote twice, as it may after a failure. */
  void repeated() {
    repeated++;
  }

  void noDeadLetter() {
    noDeadLetters++;
  }

  /** Whether there was nothing to read. */
  boolean isEmpty() {
    return sentByTopic.isEmpty() && cut + otherCodes + repeated + noDeadLetters == 0;
  }

  /** For example: 12 dead letters to ticks, 3 left out (2 cut, 1 of other codes). */
  @Override
  public String toString() {
    long sent = sentByTopic.values().stream().mapToLong(Long::longValue).sum();
    String text = number(sent) + (sent == 1 ? " dead letter" : " dead letters");
    if (sent > 0) {
      text += " to " + String.join(" and ", sentByTopic.keySet());
    }
    if (newTimestamps > 0) {
      text += ", " + number(newTimestamps) + " of them with a new timestamp";
    }
    List<String> reasons = new ArrayList<>();
    add(reasons, cut, "cut");
    add(reasons, otherCodes, "of other codes");
    add(reasons, repeated, "repeated");
    add(reasons, noDeadLetters, "not dead letters");
    return text
        + ", "
        + number(cut + otherCodes + repeated + noDeadLetters)
        + " left out"
        + (reasons.isEmpty() ? "" : " (" + String.join(", ", reasons) + ")");
  }

  private static void add(List<String> reasons, long count, String reason) {
    if (count > 0) {
      reasons.add(number(count) + " " + reason);
    }
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
