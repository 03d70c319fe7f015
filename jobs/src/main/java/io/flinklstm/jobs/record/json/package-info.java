/** Observations and predictions as JSON, and the JSON in record keys and headers. */
@NullMarked
package io.flinklstm.jobs.record.json;

import org.jspecify.annotations.NullMarked;
