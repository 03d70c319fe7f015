package io.flinklstm.jobs;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.testing.MutatedBytes;
import io.flinklstm.jobs.testing.ValidJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A topic's records with mutated ticks. A record of several also has a good one among them, unless
 * a mutation breaks the whole record.
 */
final class MutatedRecords {

  private static final long BEGINNING = 1_546_300_800_000L;
  private static final long MS_BETWEEN_TICKS = 10;
  private static final int MOST_TICKS = 4;
  private static final List<String> VENUES =
      List.of("\"W\"", "\"W\"", "17", "null", "\"\"", "1.5", "{}", "[\"V\"]", "V", "\"V\",\"x\":[");
  private static final List<String> OPS =
      List.of("\"r\"", "\"c\",\"op\":\"d\"", "null", "\"c\"", "{\"c\":1}");

  private final RecordFormat format;
  private final RecordShape shape;
  private final UndisturbedStream undisturbed;
  private final MutatedTicks mutatedTicks;
  private final Random random;
  private long offset;
  private long ticks;

  /**
   * @param undisturbed the stream of the good ticks
   */
  MutatedRecords(RecordShape shape, RecordFormat format, UndisturbedStream undisturbed, long seed) {
    this.shape = shape;
    this.format = format;
    this.undisturbed = undisturbed;
    mutatedTicks = new MutatedTicks(format, seed);
    random = new Random(seed);
  }

  /** The number of ticks so far. */
  long ticks() {
    return ticks;
  }

  /** The time of the next tick, unless it is mutated. */
  long now() {
    return BEGINNING + ticks * MS_BETWEEN_TICKS;
  }

  /** The next record, with a good tick alone. */
  ConsumerRecord<byte[], byte[]> good() {
    SourcePosition record = position();
    TickDraft tick = undisturbedTick(shape.isArray() ? record.element(0) : record);
    byte[] value = shape.value(List.of(tick.value()), RecordShape.VENUE, RecordShape.OP);
    return tick.record(record, value);
  }

  /** The next record, with mutated ticks. */
  ConsumerRecord<byte[], byte[]> mutated() {
    SourcePosition record = position();
    int count = shape.isArray() ? random.nextInt(MOST_TICKS + 1) : 1;
    TickDraft draft = new TickDraft(format, ticks, "none", now(), 100);
    List<byte[]> values = new ArrayList<>();
    boolean intact = shape.isArray() && random.nextInt(4) > 0;
    for (int k = 0; k < count; k++) {
      long now = now();
      MutatedTicks.Mutated tick = mutatedTicks.next(ticks++, now);
      draft = tick.draft();
      values.add(tick.value());
      intact &= ValidJson.is(tick.value());
    }
    if (intact) {
      int index = random.nextInt(values.size() + 1);
      draft.timestamp = now();
      values.add(index, undisturbedTick(record.element(index)).value());
      return draft.record(record, shape.value(values, RecordShape.VENUE, RecordShape.OP));
    }
    byte[] value = mutated(values);
    return draft.record(
        record, random.nextInt(100) > 0 ? value : random.nextBoolean() ? null : new byte[0]);
  }

  private SourcePosition position() {
    return new SourcePosition("ticks", 3, offset++);
  }

  private TickDraft undisturbedTick(SourcePosition position) {
    long now = now();
    return undisturbed.next(ticks++, now, position);
  }

  /** Ticks in a record that is mutated outside of them. */
  private byte[] mutated(List<byte[]> values) {
    if (shape == RecordShape.TICK) {
      return values.get(0);
    }
    byte[] value =
        shape.value(
            values,
            random.nextInt(4) == 0 ? pick(VENUES) : RecordShape.VENUE,
            random.nextInt(4) == 0 ? pick(OPS) : RecordShape.OP);
    for (int k = random.nextInt(3); k > 0; k--) {
      value = MutatedBytes.of(value, random);
    }
    return value;
  }

  private String pick(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
