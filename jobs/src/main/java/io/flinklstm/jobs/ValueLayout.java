package io.flinklstm.jobs;

import java.io.Serializable;
import java.util.List;

/**
 * How the value of an observation's record is written.
 *
 * @param encoding the format
 * @param columns of CSV, the names of the cells in their order; otherwise empty
 */
record ValueLayout(RecordEncoding encoding, List<String> columns) implements Serializable {

  static final ValueLayout JSON = new ValueLayout(RecordEncoding.JSON, List.of());

  static ValueLayout csv(List<String> columns) {
    return new ValueLayout(RecordEncoding.CSV, List.copyOf(columns));
  }
}
