/** The client of a schema registry with Confluent's interface. */
@NullMarked
package io.flinklstm.jobs.registry;

import org.jspecify.annotations.NullMarked;
