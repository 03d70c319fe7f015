/** Kafka at both ends of the job: sources, sinks, topics, and checks before the job starts. */
@NullMarked
package io.flinklstm.jobs.kafka;

import org.jspecify.annotations.NullMarked;
