package io.flinklstm.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/**
 * Marks a type that users of the library may build on: a release changes it only with an entry in
 * the changelog. Types without it may change in any release. The promise is that of Flink's
 * annotation of this name, which stands where Flink is known.
 */
@Documented
@Target(ElementType.TYPE)
public @interface PublicEvolving {}
