/** Model cards as JSON and YAML. */
@NullMarked
package io.flinklstm.format.card;

import org.jspecify.annotations.NullMarked;
