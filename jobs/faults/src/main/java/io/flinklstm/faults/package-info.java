/**
 * Puts the job jar to the test: the commands that run campaigns of faults and cycles of submits.
 */
package io.flinklstm.faults;
