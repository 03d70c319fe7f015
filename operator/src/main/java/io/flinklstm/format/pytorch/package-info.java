/** Reads and writes PyTorch's weights in safetensors files. */
@NullMarked
package io.flinklstm.format.pytorch;

import org.jspecify.annotations.NullMarked;
