package io.flinklstm.benchmarks.scale;

import java.util.Map;

/**
 * A job with many keys to run in a JVM of its own.
 *
 * @param keys how many
 * @param uniform whether keys come at random after the first visit of each, else in turn
 * @param hiddenSize of the model, one layer
 * @param kernel the arithmetic
 * @param fillSeconds how long the first visits may take
 * @param seconds that are measured after those
 * @param savepointFolder a URI
 * @param flinkOptions Flink's own configuration
 */
record ScaleSpec(
    long keys,
    boolean uniform,
    int hiddenSize,
    String kernel,
    int fillSeconds,
    int seconds,
    String savepointFolder,
    Map<String, String> flinkOptions) {}
