package io.flinklstm.benchmarks.pipeline;

/**
 * How far a job was at a moment.
 *
 * @param records predictions written
 * @param cpuNanos used by Flink's JVM
 * @param wallNanos by the clock
 */
record Sample(long records, long cpuNanos, long wallNanos) {}
