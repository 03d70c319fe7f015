package io.flinklstm.faults;

import io.flinklstm.faults.campaign.Fault;
import java.util.Map;

/**
 * Between two rescalings, the broker is restarted in mid-transaction and a flood of bad records
 * arrives.
 */
class RescaledJobITCase extends ShortCampaign {

  RescaledJobITCase() {
    super("rescaled", 3, Map.of(Fault.RESCALED, 2, Fault.BROKER_RESTARTED, 1, Fault.POISON, 1));
  }
}
