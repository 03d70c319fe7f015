/** The forecast job and its topology, from the source of observations to the sinks of forecasts. */
@NullMarked
package io.flinklstm.jobs;

import org.jspecify.annotations.NullMarked;
