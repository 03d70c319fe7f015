package io.flinklstm.jobs.config;

import org.apache.flink.annotation.PublicEvolving;

/** What the job does when output of it was in a transaction that the broker no longer commits. */
@PublicEvolving
public enum OnLostTransaction {
  /** The job ends; no restart would bring the output back. */
  FAIL,
  /** The job goes on, and counts it. */
  COUNT
}
