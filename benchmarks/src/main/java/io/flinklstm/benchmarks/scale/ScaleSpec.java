package io.flinklstm.benchmarks.scale;

import java.util.Map;

/**
 * A job with many keys to run in its own JVM.
 *
 * @param keys number of keys
 * @param uniform whether keys come at random after the first visit of each; otherwise in turn
 * @param hiddenSize of the model, one layer
 * @param kernel the arithmetic
 * @param fillSeconds how long the first visits may take
 * @param seconds to measure after the first visits
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
