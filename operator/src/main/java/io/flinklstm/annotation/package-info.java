/** Annotations that mark what users of the library may rely on. */
@NullMarked
package io.flinklstm.annotation;

import org.jspecify.annotations.NullMarked;
