package io.flinklstm.jobs.config;

import org.apache.flink.annotation.PublicEvolving;

/** What the job does when the broker refuses to commit a transaction that holds output. */
@PublicEvolving
public enum OnLostTransaction {
  /** The job ends; a restart would not recover the output. */
  FAIL,
  /** The job continues and counts the loss. */
  COUNT
}
