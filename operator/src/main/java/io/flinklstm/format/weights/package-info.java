/** What the model formats share: tensors, gate orders, and building a model's weights from them. */
@NullMarked
package io.flinklstm.format.weights;

import org.jspecify.annotations.NullMarked;
