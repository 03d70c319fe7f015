/**
 * What a record holds, in any format: how its observations are found, checked and collected, and
 * how times are written. The formats are packages of their own. Depends on neither Flink nor Kafka.
 */
@NullMarked
package io.flinklstm.jobs.record;

import org.jspecify.annotations.NullMarked;
