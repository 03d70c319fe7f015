/** Records in and out as bytes: JSON, CSV and Avro. Knows neither Flink nor Kafka. */
@NullMarked
package io.flinklstm.jobs.record;

import org.jspecify.annotations.NullMarked;
