package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.StreamTypes;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * What became of a record, or of one element of it, when it was parsed: exactly one of the three.
 * Everything from one record follows in order and without a checkpoint in between.
 *
 * @param observation what the record or element holds
 * @param deadLetter why it cannot be used
 * @param skipped the position of one that is not meant
 */
public record ParsedRecord(
    @Nullable Observation observation,
    @Nullable DeadLetter deadLetter,
    @Nullable SourcePosition skipped) {

  public static final TypeInformation<ParsedRecord> TYPE =
      Types.POJO(
          ParsedRecord.class,
          Map.of(
              "observation", StreamTypes.OBSERVATION,
              "deadLetter", StreamTypes.DEAD_LETTER,
              "skipped", Types.POJO(SourcePosition.class)));

  static ParsedRecord of(Observation observation) {
    return new ParsedRecord(observation, null, null);
  }

  static ParsedRecord of(DeadLetter deadLetter) {
    return new ParsedRecord(null, deadLetter, null);
  }

  static ParsedRecord skipped(SourcePosition position) {
    return new ParsedRecord(null, null, position);
  }

  /** Where the record or element was read; null if an observation has no source record. */
  public @Nullable SourcePosition position() {
    if (observation != null) {
      return observation.position();
    }
    if (deadLetter != null) {
      return deadLetter.source() == null ? null : deadLetter.source().position();
    }
    return skipped;
  }
}
