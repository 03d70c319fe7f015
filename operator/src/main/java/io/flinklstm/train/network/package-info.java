/** The network that learns: forward and backward passes over batches, losses and optimizers. */
@NullMarked
package io.flinklstm.train.network;

import org.jspecify.annotations.NullMarked;
