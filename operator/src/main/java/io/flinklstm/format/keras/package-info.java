/** Reads Keras models and the part of HDF5 that they are stored in. */
@NullMarked
package io.flinklstm.format.keras;

import org.jspecify.annotations.NullMarked;
