/** Seeded ticks, and the check of the job's output against a plain loop. */
package io.flinklstm.faults.ticks;
