/**
 * The job that is submitted: its topology, from the observations' source to the forecasts' sinks.
 */
@NullMarked
package io.flinklstm.jobs;

import org.jspecify.annotations.NullMarked;
