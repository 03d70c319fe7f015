package io.flinklstm.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/**
 * Marks a type, and the public types within it, that users of the library may build on: a release
 * changes it only with an entry in the changelog. Types without it may change in any release.
 * Packages that depend on Flink use Flink's own annotation of this name.
 */
@Documented
@Target(ElementType.TYPE)
public @interface PublicEvolving {}
