package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of a nested format. A record is one observation, or holds an array whose elements
 * are observations: then the record is read once for its outer values and the places of the
 * elements, and each element by itself. Not thread-safe.
 */
public final class LevelReader {

  /** The format of the records. */
  public interface Format {

    /**
     * Reads the values of a level into the draft.
     *
     * @param document contains the level's value
     * @param inside receives the elements of the level's array; null at the last level
     */
    void read(byte[] document, int start, int end, int level, @Nullable Elements inside)
        throws RejectedRecordException;

    /**
     * What surrounds each element of the value that was just read.
     *
     * @param outer what surrounds the value itself
     */
    ElementFrame frame(byte[] document, int start, int end, int level, ElementFrame outer)
        throws RejectedRecordException;

    /** The rejection of an element, with what may help to correct it. */
    default Rejection explain(Rejection rejection, byte[] document, int start, int end) {
      return rejection;
    }
  }

  private final ObservationDraft draft;
  private final Format format;
  private final RecordLevels levels;
  private final Elements[] elements; // by level, without the last
  private int index; // of the current element in the record

  public LevelReader(ObservationDraft draft, Format format) {
    this.draft = draft;
    this.format = format;
    levels = draft.slots.levels();
    elements = new Elements[levels.last()];
    for (int level = 0; level < elements.length; level++) {
      elements[level] = new Elements();
    }
  }

  /**
   * Reads a record after {@link ObservationDraft#begin}.
   *
   * @param document contains the record's value from {@code start} to its end
   * @param outer what precedes the value
   * @throws RejectedRecordException if the whole record cannot be used
   */
  public void read(
      byte[] document,
      int start,
      ElementFrame outer,
      SourceRecord record,
      ObservationReader.Sink sink)
      throws RejectedRecordException {
    index = 0;
    if (levels.last() > 0) {
      readLevel(0, document, start, document.length, outer, record, sink);
      return;
    }
    format.read(document, start, document.length, 0, null);
    if (draft.isSkipped(0, true)) {
      sink.skipped(record.position());
    } else {
      sink.observation(draft.finish(record));
    }
  }

  /**
   * Reads the outer values of a level, and its elements.
   *
   * @throws RejectedRecordException if the level itself cannot be used; then nothing of it was read
   */
  private void readLevel(
      int level,
      byte[] bytes,
      int start,
      int end,
      ElementFrame outer,
      SourceRecord record,
      ObservationReader.Sink sink)
      throws RejectedRecordException {
    Elements found = elements[level];
    found.clear();
    if (level > 0) {
      draft.beginLevel(level);
    }
    format.read(bytes, start, end, level, found);
    if (draft.isSkipped(level, !found.isFound())) {
      skip(level, record, sink);
      return;
    }
    draft.check(level);
    if (!found.isFound()) {
      throw new RejectedRecordException(
          RejectionCode.MISSING_FIELD,
          "lstm.source.records " + levels.records() + ": expected an array, got none");
    }
    if (found.size() == 0) {
      skip(level, record, sink);
      return;
    }
    ElementFrame frame = format.frame(bytes, start, end, level, outer);
    for (int k = 0; k < found.size(); k++) {
      readElement(level + 1, found.bytes(), found.start(k), found.end(k), frame, record, sink);
    }
  }

  private void skip(int level, SourceRecord record, ObservationReader.Sink sink) {
    sink.skipped(level == 0 ? record.position() : record.position().element(index++));
  }

  private void readElement(
      int level,
      byte[] bytes,
      int start,
      int end,
      ElementFrame frame,
      SourceRecord record,
      ObservationReader.Sink sink) {
    try {
      if (level < levels.last()) {
        readLevel(level, bytes, start, end, frame, record, sink);
        return;
      }
      draft.beginLevel(level);
      format.read(bytes, start, end, level, null);
      if (draft.isSkipped(level, true)) {
        skip(level, record, sink);
        return;
      }
      SourceRecord element = element(bytes, start, end, frame, record);
      sink.observation(draft.finish(element));
      index++;
    } catch (RejectedRecordException e) {
      sink.rejected(
          format.explain(e.rejection(), bytes, start, end),
          element(bytes, start, end, frame, record));
      index++;
    }
  }

  /** A record that holds one element only. */
  private SourceRecord element(
      byte[] bytes, int start, int end, ElementFrame frame, SourceRecord record) {
    return new SourceRecord(
        record.position().element(index),
        record.timestamp(),
        record.key(),
        frame.around(bytes, start, end),
        record.headers());
  }
}
