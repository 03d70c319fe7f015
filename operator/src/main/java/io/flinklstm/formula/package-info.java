/** How fields of an observation are named, and how numbers are computed from them. */
@NullMarked
package io.flinklstm.formula;

import org.jspecify.annotations.NullMarked;
