/** Judges a model on recorded streams, event by event, against simple baselines. */
@NullMarked
package io.flinklstm.train.backtest;

import org.jspecify.annotations.NullMarked;
