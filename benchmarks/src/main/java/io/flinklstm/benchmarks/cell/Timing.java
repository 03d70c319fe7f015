package io.flinklstm.benchmarks.cell;

/**
 * What one process measured.
 *
 * @param nanos per step, the median of the iterations
 * @param bytes allocated on the Java heap per step, or NaN if that is not known
 * @param variant of the contender that was chosen, or null if there is but one
 */
record Timing(double nanos, double bytes, String variant) {}
