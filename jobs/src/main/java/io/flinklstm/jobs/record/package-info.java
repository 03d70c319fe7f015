/** Reads and writes records as bytes: JSON, CSV and Avro. Depends on neither Flink nor Kafka. */
@NullMarked
package io.flinklstm.jobs.record;

import org.jspecify.annotations.NullMarked;
