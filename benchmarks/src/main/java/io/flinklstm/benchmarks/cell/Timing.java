package io.flinklstm.benchmarks.cell;

/**
 * The measurement of one process.
 *
 * @param nanos per step, the median of the iterations
 * @param bytes allocated on the Java heap per step, or NaN if unknown
 * @param variant of the contender that was chosen, or null if it has only one
 */
record Timing(double nanos, double bytes, String variant) {}
