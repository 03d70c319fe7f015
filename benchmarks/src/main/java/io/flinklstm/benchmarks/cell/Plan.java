package io.flinklstm.benchmarks.cell;

/**
 * How long a contender is measured in its process.
 *
 * @param warmUps iterations before the measurement
 * @param iterations measured iterations; their median counts
 * @param milliseconds of each iteration
 */
record Plan(int warmUps, int iterations, int milliseconds) {}
