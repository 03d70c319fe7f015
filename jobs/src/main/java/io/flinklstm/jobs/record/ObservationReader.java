package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;

/**
 * Reads observations from records of one format. A reader belongs to one task thread and serves all
 * of its records. Not thread-safe.
 */
public interface ObservationReader {

  /** Receives what a record holds: one call for the record, or one for each of its elements. */
  interface Sink {

    void observation(Observation observation);

    /**
     * The record, or one element of it, cannot be used.
     *
     * @param record as it was read; for an element, a record with this element alone
     */
    void rejected(Rejection rejection, SourceRecord record);

    /** The record, or the element at a position in it, is not meant. */
    void skipped(SourcePosition position);
  }

  /**
   * Reads a record; no content makes it fail.
   *
   * @throws io.flinklstm.jobs.registry.RegistryException if a schema registry does not answer and
   *     the job is to fail then
   */
  void read(SourceRecord record, Sink sink);
}
