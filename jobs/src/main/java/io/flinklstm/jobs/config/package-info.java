/** The job's options, their checks, and the objects built from them. */
@NullMarked
package io.flinklstm.jobs.config;

import org.jspecify.annotations.NullMarked;
