package io.flinklstm.jobs.testing;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.testing.Read.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares what a reader found in a JSON record with the record's bytes: the record itself has one
 * outcome, or each of its elements has one, in order; what is copied of an element contains its
 * bytes as they were, and is read again to the same outcome. Does not use AssertJ, because it
 * compares a million times.
 */
public final class ElementChecks {

  private final ObservationReader again;
  private final List<List<Object>> ways = new ArrayList<>(); // by level, to its array
  private final int text; // the number of steps to a text that is JSON

  /**
   * @param fields the fields of the model card
   */
  public ElementChecks(List<String> fields, RecordFormat format) {
    again = RecordCodecs.reader(fields, format);
    List<String> parse = format.selection().parse();
    text = parse.isEmpty() ? JsonSlices.NO_TEXT : steps(parse.get(0)).size() - 1; // without the $
    String records = format.selection().records();
    if (records != null) {
      for (String way : records.substring(0, records.length() - 3).split("\\[\\*]", -1)) {
        ways.add(steps(way));
      }
    }
  }

  private static List<Object> steps(String way) {
    List<Object> steps = new ArrayList<>();
    for (String step : way.split("[.\\[\\]]")) {
      if (!step.isEmpty()) {
        steps.add(Character.isDigit(step.charAt(0)) ? (Object) Integer.valueOf(step) : step);
      }
    }
    return steps;
  }

  /** Checks everything that a reader of the same format found in a record. */
  public void check(SourceRecord record, List<Outcome> outcomes) {
    check(!outcomes.isEmpty(), "an outcome", "none");
    if (outcomes.get(0).position().index() == SourcePosition.WHOLE_RECORD) {
      Outcome whole = outcomes.get(0);
      check(outcomes.size() == 1, "one outcome of the record", outcomes);
      check(ways.isEmpty() || whole.observation() == null, "elements", whole);
      check(whole.copy() == null || whole.copy() == record, "the record itself", whole.copy());
      return;
    }
    for (int k = 0; k < outcomes.size(); k++) {
      Outcome outcome = outcomes.get(k);
      check(outcome.position().equals(record.position().element(k)), "element " + k, outcome);
      if (outcome.copy() != null) {
        checkCopy(record, outcome);
      }
    }
    int found = elements(record.value(), 0, outcomes, 0);
    check(found == outcomes.size(), found + " elements", outcomes);
  }

  private void checkCopy(SourceRecord record, Outcome outcome) {
    SourceRecord copy = outcome.copy();
    boolean same =
        copy.position().equals(outcome.position())
            && copy.timestamp() == record.timestamp()
            && copy.key() == record.key()
            && copy.headers().equals(record.headers());
    check(same, "key, headers and timestamp of the record", copy);
    List<Outcome> read = Read.of(again, copy).outcomes;
    check(read.size() == 1, outcome, read);
    boolean alike =
        isAlike(outcome.observation(), read.get(0).observation())
            && isAlike(outcome.rejection(), read.get(0).rejection());
    check(alike, outcome, read);
    check(Arrays.equals(read.get(0).copy().value(), copy.value()), "the same copy", read);
  }

  private static boolean isAlike(Observation one, Observation other) {
    return one == null || other == null
        ? one == other
        : one.key().equals(other.key())
            && one.eventTime() == other.eventTime()
            && one.sequence() == other.sequence()
            && Arrays.equals(one.values(), other.values());
  }

  private static boolean isAlike(Rejection one, Rejection other) {
    return one == null || other == null
        ? one == other
        : one.code() == other.code() && reason(one).equals(reason(other));
  }

  /** Without the fields that a record has, which only the first messages of a reader name. */
  private static String reason(Rejection rejection) {
    int end = rejection.message().indexOf("; fields there: ");
    return end < 0 ? rejection.message() : rejection.message().substring(0, end);
  }

  /**
   * Compares the elements of a value with their copies.
   *
   * @param value of a level
   * @param next the first outcome
   * @return the first outcome after those of this value
   */
  private int elements(byte[] value, int level, List<Outcome> outcomes, int next) {
    List<byte[]> elements = slices(value, level);
    check(elements != null, "no elements", outcomes);
    for (byte[] element : elements) {
      check(next < outcomes.size(), "more outcomes", outcomes);
      SourceRecord copy = outcomes.get(next).copy();
      boolean whole = copy == null ? isEmpty(element, level + 1) : isCopied(element, level, copy);
      if (whole || level + 1 == ways.size()) {
        check(copy == null || whole, new String(element, StandardCharsets.UTF_8), text(copy));
        next++;
      } else {
        next = elements(element, level + 1, outcomes, next);
      }
    }
    return next;
  }

  private List<byte[]> slices(byte[] value, int level) {
    return JsonSlices.of(value, ways.get(level), level == 0 ? text : JsonSlices.NO_TEXT);
  }

  /** Whether an element that is no observation holds none. */
  private boolean isEmpty(byte[] element, int level) {
    List<byte[]> inside = level < ways.size() ? slices(element, level) : null;
    return inside != null && inside.isEmpty();
  }

  /** Whether a record holds this element of a level alone, as it was. */
  private boolean isCopied(byte[] element, int level, SourceRecord copy) {
    byte[] value = copy.value();
    for (int k = 0; k <= level; k++) {
      List<byte[]> alone = slices(value, k);
      if (alone == null || alone.size() != 1) {
        return false;
      }
      value = alone.get(0);
    }
    return Arrays.equals(value, element);
  }

  private static String text(SourceRecord copy) {
    return copy == null ? "nothing" : new String(copy.value(), StandardCharsets.UTF_8);
  }

  private static void check(boolean holds, Object expected, Object actual) {
    if (!holds) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }
}
