/** Trains a model: batches, validation, early stopping, and checkpoints between epochs. */
@NullMarked
package io.flinklstm.train;

import org.jspecify.annotations.NullMarked;
