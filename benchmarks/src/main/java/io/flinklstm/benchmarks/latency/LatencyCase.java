package io.flinklstm.benchmarks.latency;

import io.flinklstm.benchmarks.job.JobVariant;

/**
 * What is measured.
 *
 * @param guarantee of the sink: at-least-once or exactly-once
 * @param rate ticks per second
 * @param variant of the job
 */
record LatencyCase(String guarantee, int rate, JobVariant variant) {}
