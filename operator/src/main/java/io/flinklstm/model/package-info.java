/** The network: its sizes, its weights, its state, and the step that advances it. */
@NullMarked
package io.flinklstm.model;

import org.jspecify.annotations.NullMarked;
