package io.flinklstm.faults.ticks;

/**
 * The result of comparing the output topics with what they should contain.
 *
 * @param records of the input topic
 * @param predictions records with this outcome; likewise the next three
 * @param lost records without an outcome
 * @param twice outcomes after the first of a record
 * @param different outcomes in a different topic or with different bytes than expected
 * @param problem the first of those in words, or null
 */
public record Verdict(
    long records,
    long predictions,
    long late,
    long duplicates,
    long deadLetters,
    long lost,
    long twice,
    long different,
    String problem) {

  /** Whether every record has exactly one outcome, and it is the right one. */
  public boolean isExact() {
    return isComplete() && twice == 0;
  }

  /** Whether every record has the right outcome, once or more, always the same. */
  public boolean isComplete() {
    return lost == 0 && different == 0;
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "%,d records = %,d predictions + %,d late + %,d duplicates + %,d dead letters;"
            + " %d lost, %d twice, %d different%s",
        records,
        predictions,
        late,
        duplicates,
        deadLetters,
        lost,
        twice,
        different,
        problem == null ? "" : ": " + problem);
  }
}
