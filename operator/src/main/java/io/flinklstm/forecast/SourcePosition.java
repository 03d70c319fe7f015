package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;

/**
 * The position of a record, or of one element of a record, in its log.
 *
 * @param topic the topic's name
 * @param partition the partition, from 0
 * @param offset the offset in the partition, from 0
 * @param index of the element in the record, from 0; {@link #WHOLE_RECORD} for the record itself
 */
@PublicEvolving
public record SourcePosition(String topic, int partition, long offset, int index) {

  /** The index of a record that is not one element of several. */
  public static final int WHOLE_RECORD = -1;

  /** The position of a whole record. */
  public SourcePosition(String topic, int partition, long offset) {
    this(topic, partition, offset, WHOLE_RECORD);
  }

  /** The position of an element of the record at this position. */
  public SourcePosition element(int index) {
    return new SourcePosition(topic, partition, offset, index);
  }

  @Override
  public String toString() {
    String record = topic + "-" + partition + "@" + offset;
    return index == WHOLE_RECORD ? record : record + "[" + index + "]";
  }
}
