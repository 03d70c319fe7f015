/** Tests of the job jar on real processes: the commands for fault campaigns and submit cycles. */
package io.flinklstm.faults;
