/**
 * Reads and writes model files; {@link io.flinklstm.format.ModelFiles} is the entry to all formats.
 */
@NullMarked
package io.flinklstm.format;

import org.jspecify.annotations.NullMarked;
