package io.flinklstm.benchmarks.scale;

/**
 * The measurements of a job with many keys.
 *
 * @param keys keys with a state; fewer than requested if the first visits took too long
 * @param fillPerSecond first visits per second
 * @param perSecond predictions per second after the first visits
 * @param perCpuSecond the same per second of the JVM's CPU time
 * @param heapBytes heap in use after a full collection, while the job runs
 * @param residentBytes of the process, including memory outside the heap; negative if unknown
 * @param savepointBytes of a savepoint in Flink's own format, the same for all backends
 * @param checkpointBytes of a full checkpoint in the backend's format; RocksDB's includes data not
 *     compacted yet
 * @param checkpointMillis from the checkpoint's trigger to its end, while the job runs
 */
record ScaleResult(
    long keys,
    double fillPerSecond,
    double perSecond,
    double perCpuSecond,
    long heapBytes,
    long residentBytes,
    long savepointBytes,
    long checkpointBytes,
    long checkpointMillis) {}
