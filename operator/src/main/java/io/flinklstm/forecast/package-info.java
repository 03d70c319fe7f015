/**
 * From an observation to its outcome: features, a stream's state and the forecast. Independent of
 * Flink.
 */
@NullMarked
package io.flinklstm.forecast;

import org.jspecify.annotations.NullMarked;
