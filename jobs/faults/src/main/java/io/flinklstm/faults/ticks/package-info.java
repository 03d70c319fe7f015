/** Seeded ticks, and the check of what the job made of them against a plain loop. */
package io.flinklstm.faults.ticks;
