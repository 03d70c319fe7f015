/** Observations and predictions as Avro, also in Confluent's wire format. */
@NullMarked
package io.flinklstm.jobs.record.avro;

import org.jspecify.annotations.NullMarked;
