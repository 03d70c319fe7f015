/**
 * The arithmetic: LSTM kernels, activations and the matrix products of training, on plain arrays.
 */
@NullMarked
package io.flinklstm.math;

import org.jspecify.annotations.NullMarked;
