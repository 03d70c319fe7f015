/** Observations and predictions as lines of CSV. */
@NullMarked
package io.flinklstm.jobs.record.csv;

import org.jspecify.annotations.NullMarked;
