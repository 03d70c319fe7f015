package io.flinklstm.benchmarks.pipeline;

/**
 * A job's progress at a point in time.
 *
 * @param records predictions written
 * @param cpuNanos CPU time used by Flink's JVM
 * @param wallNanos wall-clock time
 */
record Sample(long records, long cpuNanos, long wallNanos) {}
