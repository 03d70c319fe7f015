package io.flinklstm.benchmarks.scale;

/**
 * What one such job showed.
 *
 * @param keys that have a state; fewer than wanted if the first visits took too long
 * @param fillPerSecond first visits per second
 * @param perSecond predictions per second after those
 * @param perCpuSecond the same per second of CPU time of the JVM
 * @param heapBytes in use after a full collection, while the job runs
 * @param residentBytes of the process, outside the heap too; negative where it is not known
 * @param savepointBytes of a savepoint in Flink's own format, the same for all backends
 * @param checkpointBytes of a full checkpoint in the backend's format; RocksDB's has what it has
 *     not compacted yet
 * @param checkpointMillis from its trigger to its end, while the job runs
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
