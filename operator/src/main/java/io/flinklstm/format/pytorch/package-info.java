/** PyTorch's weights in safetensors files, in and out. */
@NullMarked
package io.flinklstm.format.pytorch;

import org.jspecify.annotations.NullMarked;
