/** The job's options, and what is made of their values. */
@NullMarked
package io.flinklstm.jobs.config;

import org.jspecify.annotations.NullMarked;
