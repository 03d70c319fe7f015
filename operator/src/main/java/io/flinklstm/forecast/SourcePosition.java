package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;

/**
 * The position of a record in its log.
 *
 * @param topic the topic's name
 * @param partition the partition, from 0
 * @param offset the offset in the partition, from 0
 */
@PublicEvolving
public record SourcePosition(String topic, int partition, long offset) {

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
