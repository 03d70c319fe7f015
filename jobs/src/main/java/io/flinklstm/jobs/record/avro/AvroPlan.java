package io.flinklstm.jobs.record.avro;

import org.jspecify.annotations.Nullable;

/**
 * How the records of one schema are read.
 *
 * @param part what to do with a datum
 * @param expected what a datum is, in messages
 * @param resolution rewrites a datum with the reader's schema, if there is one; {@code part} then
 *     reads what it writes
 */
record AvroPlan(AvroPart part, String expected, @Nullable AvroResolution resolution) {}
