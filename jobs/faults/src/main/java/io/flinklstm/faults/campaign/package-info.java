/** What a campaign does and finds: plans, faults, evidence, results. */
package io.flinklstm.faults.campaign;
