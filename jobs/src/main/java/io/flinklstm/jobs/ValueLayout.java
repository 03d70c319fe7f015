package io.flinklstm.jobs;

import java.io.Serializable;

/**
 * How the value of an observation's record is written.
 *
 * @param encoding the format
 */
record ValueLayout(RecordEncoding encoding) implements Serializable {

  static final ValueLayout JSON = new ValueLayout(RecordEncoding.JSON);
}
