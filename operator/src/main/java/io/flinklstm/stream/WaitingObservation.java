package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * An observation in a {@link ReorderBuffer}, and the fields its values belong to: the job may be
 * restored with another model card before the observation is applied.
 *
 * @param fields {@link #hash} of the card's fields when the observation was read
 */
record WaitingObservation(int fields, Observation observation) {

  /** CRC32C over the names of a card's fields, in their order. */
  static int hash(List<String> fields) {
    CRC32C crc = new CRC32C();
    for (String field : fields) {
      crc.update(field.getBytes(StandardCharsets.UTF_8));
      crc.update(0); // no name contains it
    }
    return (int) crc.getValue();
  }
}
