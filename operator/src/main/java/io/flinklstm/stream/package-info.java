/** Forecasts in a Flink job: the function and the operator, their state, timers and metrics. */
@NullMarked
package io.flinklstm.stream;

import org.jspecify.annotations.NullMarked;
