/** Campaigns: plans, faults, evidence and results. */
package io.flinklstm.faults.campaign;
