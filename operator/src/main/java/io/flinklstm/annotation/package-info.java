/** What users of the library may rely on is marked with these annotations. */
@NullMarked
package io.flinklstm.annotation;

import org.jspecify.annotations.NullMarked;
