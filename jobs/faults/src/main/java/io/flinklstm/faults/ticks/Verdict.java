package io.flinklstm.faults.ticks;

/**
 * What the output topics hold, held against what they should.
 *
 * @param records of the input topic
 * @param predictions records with this outcome, as with the next three
 * @param lost records without an outcome
 * @param twice outcomes beyond the first of a record
 * @param different outcomes in another topic or of other bytes than expected
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

  /** Whether every record has exactly one outcome, the right one. */
  public boolean isExact() {
    return isComplete() && twice == 0;
  }

  /** Whether every record has its outcome, if need be more than once, but always the same. */
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
