package io.flinklstm.jobs.record;

import io.flinklstm.annotation.PublicEvolving;

/** How the value of a record is written. */
@PublicEvolving
public enum ValueFormat {
  /** One JSON object in UTF-8. */
  JSON,
  /** One line of comma-separated values in UTF-8, without a header. */
  CSV,
  /**
   * One datum in Avro's binary encoding, in Confluent's wire format if a registry is configured.
   */
  AVRO
}
