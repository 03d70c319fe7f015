/**
 * Reads and writes model files; {@link io.flinklstm.format.ModelFiles} is the entry point for all
 * formats.
 */
@NullMarked
package io.flinklstm.format;

import org.jspecify.annotations.NullMarked;
