package io.flinklstm.jobs.record;

import java.io.Serializable;
import java.util.List;

/**
 * How the value of an observation's record is written.
 *
 * @param encoding the format
 * @param columns of CSV, the names of the cells in their order; otherwise empty
 * @param schema of Avro, the writer's, as JSON; otherwise null
 */
public record ValueLayout(RecordEncoding encoding, List<String> columns, String schema)
    implements Serializable {

  public static final ValueLayout JSON = new ValueLayout(RecordEncoding.JSON, List.of(), null);

  public static ValueLayout csv(List<String> columns) {
    return new ValueLayout(RecordEncoding.CSV, List.copyOf(columns), null);
  }

  public static ValueLayout avro(String schema) {
    return new ValueLayout(RecordEncoding.AVRO, List.of(), schema);
  }
}
