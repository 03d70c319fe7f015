package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;

/** Why a record became a dead letter. The names are part of the record format. */
@PublicEvolving
public enum RejectionCode {
  /** The record has a null value. */
  TOMBSTONE,
  /** The record's value has no bytes. */
  EMPTY_VALUE,
  /** The value is not one well-formed document of the configured format. */
  MALFORMED,
  /** A field that the model needs, or the time, is missing. */
  MISSING_FIELD,
  /** A field is not of the expected type or occurs twice. */
  WRONG_TYPE,
  /** A field is NaN, infinite or beyond the range of a double. */
  NON_FINITE_FIELD,
  /** There is no key, or it is empty. */
  MISSING_KEY,
  /** The key is longer than {@link Observation#MAX_KEY_LENGTH}. */
  KEY_TOO_LONG,
  /** The event time is negative, unreadable, or too far ahead of the record's own timestamp. */
  INVALID_TIME,
  /** A feature cannot be computed from the values, for example the logarithm of a price of 0. */
  NON_FINITE_FEATURE,
  /** A feature is further from its mean than the model card allows. */
  OUTLIER,
  /** The model's state or forecast would have become NaN or infinite. */
  NON_FINITE_OUTPUT,
  /** The schema that the record names is not in the registry, or the registry does not answer. */
  SCHEMA_UNAVAILABLE
}
