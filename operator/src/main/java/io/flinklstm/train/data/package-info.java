/** The histories that models learn from: recorded streams, split, scaled and encoded. */
@NullMarked
package io.flinklstm.train.data;

import org.jspecify.annotations.NullMarked;
