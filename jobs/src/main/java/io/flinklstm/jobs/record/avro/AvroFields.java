package io.flinklstm.jobs.record.avro;

import static java.util.Objects.requireNonNull;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.ShownText;
import io.flinklstm.jobs.record.Elements;
import io.flinklstm.jobs.record.NumberText;
import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.TimeFormat;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the needed fields of Avro datums into a draft in one pass; everything else is skipped. Not
 * thread-safe.
 */
final class AvroFields {

  /** More would have above a thousand digits, which {@link NumberText} refuses in texts too. */
  private static final int MAX_DECIMAL_BYTES = 415;

  private final ObservationDraft draft;
  private final AvroTypes types;
  private final AvroInput in = new AvroInput();
  private final NumberText number = new NumberText();

  private byte[] bytes = {}; // of the current document
  private @Nullable Elements elements; // of the current document, or null if it holds no others
  private @Nullable AvroPart element;
  private int arrayStart;
  private int arrayEnd;
  private boolean sized; // whether the current block of an array or map gives its length in bytes
  private boolean inSized; // whether one around the current value does

  AvroFields(ObservationDraft draft, AvroTypes types) {
    this.draft = draft;
    this.types = types;
  }

  /**
   * Reads one datum.
   *
   * @param document contains it. Shared, not modified
   * @param part what to do with it
   * @param inside receives the elements of its array; null if it has none
   * @param expected what the datum is, in messages
   */
  void read(
      byte[] document,
      int start,
      int end,
      AvroPart part,
      @Nullable Elements inside,
      String expected)
      throws RejectedRecordException {
    bytes = document;
    elements = inside;
    element = null;
    inSized = false;
    try {
      in.begin(document, start, end);
      value(part);
      if (in.remaining() > 0) {
        throw malformed(expected, "got " + in.remaining() + " bytes after it");
      }
    } catch (EOFException e) {
      throw malformed(expected, "got the end after " + (end - start) + " bytes");
    } catch (IOException | RuntimeException e) {
      // Not only the declared exceptions: whatever a record makes the decoder throw, the job must
      // go on.
      throw malformed(expected, "got: " + e.getMessage());
    }
  }

  private static RejectedRecordException malformed(String expected, String got) {
    return new RejectedRecordException(
        RejectionCode.MALFORMED, "value: expected " + expected + ", " + got);
  }

  /** What to do with the elements that were found. */
  AvroPart element() {
    return requireNonNull(element);
  }

  /** The index of the first byte of the array that was found. */
  int arrayStart() {
    return arrayStart;
  }

  /** The index after the array's last byte. */
  int arrayEnd() {
    return arrayEnd;
  }

  private void value(AvroPart part) throws IOException, RejectedRecordException {
    for (int slot : part.refused) {
      draft.wrongType(slot, part.type);
    }
    switch (part.kind) {
      case SKIP -> part.skip.skip(in);
      case NULL -> {
        for (int slot : part.slots) {
          draft.missing(slot, "null");
        }
      }
      case BOOLEAN -> {
        boolean value = in.readBoolean();
        for (int slot : part.slots) {
          draft.truth(slot, value);
        }
      }
      case INT -> whole(part, in.readInt());
      case LONG -> whole(part, in.readLong());
      case FLOAT -> fraction(part, in.readFloat());
      case DOUBLE -> fraction(part, in.readDouble());
      case DECIMAL -> decimal(part);
      case STRING -> text(part, in.readText(part.name));
      case ENUM -> text(part, part.symbols[in.readIndex(part.symbols.length)]);
      case RECORD -> {
        for (AvroPart field : part.parts) {
          value(requireNonNull(field));
        }
      }
      case UNION -> value(requireNonNull(part.parts[in.readIndex(part.parts.length)]));
      case MAP -> entries(part);
      case ARRAY -> positions(part);
      case ELEMENTS -> elements(part, requireNonNull(elements));
    }
  }

  private void whole(AvroPart part, long value) throws RejectedRecordException {
    for (int slot : part.slots) {
      if (slot == draft.slots.time() && part.time != null && part.time != AvroTypes.Time.NUMBER) {
        long milliseconds = part.time.milliseconds(value);
        draft.time(part.isLocal ? types.inZone(milliseconds) : milliseconds, TimeFormat.MS);
      } else {
        draft.whole(slot, value);
      }
    }
  }

  private void fraction(AvroPart part, double value) throws RejectedRecordException {
    for (int slot : part.slots) {
      if (slot == draft.slots.time()) {
        text(slot, Double.toString(value));
      } else {
        draft.number(slot, value);
      }
    }
  }

  private void decimal(AvroPart part) throws IOException, RejectedRecordException {
    int length = part.fixedSize < 0 ? in.readLength() : part.fixedSize;
    if (length == 0 || length > MAX_DECIMAL_BYTES) {
      in.skip(length);
      for (int slot : part.slots) {
        draft.wrongType(slot, "a decimal of " + length + " bytes");
      }
      return;
    }
    BigDecimal value = new BigDecimal(new BigInteger(in.readBytes(length), 0, length), part.scale);
    for (int slot : part.slots) {
      if (draft.slots.isField(slot) || draft.slots.isOperand(slot)) {
        draft.number(slot, value.doubleValue());
      } else {
        decimal(slot, value.stripTrailingZeros());
      }
    }
  }

  private void decimal(int slot, BigDecimal value) throws RejectedRecordException {
    boolean isWhole = value.scale() <= 0;
    // Fractions may have as many digits after the point as the schema says, so not written out.
    String text = isWhole ? value.toBigInteger().toString() : value.toString();
    if (draft.slots.isKey(slot) && !isWhole) {
      draft.wrongType(slot, ShownText.of(text));
    } else {
      text(slot, text);
    }
  }

  private void text(AvroPart part, String value) throws RejectedRecordException {
    for (int slot : part.slots) {
      text(slot, value);
    }
  }

  private void text(int slot, String value) throws RejectedRecordException {
    if (draft.slots.isKey(slot)) {
      draft.key(slot, value);
    } else {
      number.set(value.toCharArray(), 0, value.length());
      draft.text(slot, number);
    }
  }

  /** The number of items in the next block of an array or map; 0 after the last. */
  private long block() throws IOException, RejectedRecordException {
    long count = in.readLong();
    sized = count < 0;
    if (sized) {
      in.readLength();
    }
    return count < 0 ? -count : count;
  }

  private int items(long count) throws IOException, RejectedRecordException {
    return in.atMostRemaining(count, "a block of items");
  }

  private void entries(AvroPart part) throws IOException, RejectedRecordException {
    boolean outer = inSized;
    for (long count = block(); count != 0; count = block()) {
      inSized = outer | sized;
      for (int left = items(count); left > 0; left--) {
        int length = in.readLength();
        AvroPart entry = part.entry(in.readBytes(length), length);
        if (entry == null) {
          part.item.skip(in);
        } else {
          value(entry);
        }
      }
    }
    inSized = outer;
  }

  private void positions(AvroPart part) throws IOException, RejectedRecordException {
    boolean outer = inSized;
    int index = 0;
    for (long count = block(); count != 0; count = block()) {
      inSized = outer | sized;
      // Items without bytes, of which there may be any number, are visited while needed.
      long left = part.item.isEmpty() ? Math.min(count, part.parts.length - index) : items(count);
      for (; left > 0; left--, index++) {
        AvroPart position = index < part.parts.length ? part.parts[index] : null;
        if (position == null) {
          part.item.skip(in);
        } else {
          value(position);
        }
      }
    }
    inSized = outer;
  }

  private void elements(AvroPart part, Elements into) throws IOException, RejectedRecordException {
    if (inSized) {
      // A record with one element only would have another length.
      throw new RejectedRecordException(
          RejectionCode.MALFORMED,
          "value: expected the array of lstm.source.records outside of blocks with a length in"
              + " bytes, got it in one");
    }
    if (into.isFound()) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE, "lstm.source.records: expected its array once, got it twice");
    }
    into.begin(bytes);
    element = part.element;
    arrayStart = in.position();
    for (long count = block(); count != 0; count = block()) {
      for (int left = items(count); left > 0; left--) {
        int start = in.position();
        part.item.skip(in);
        into.add(start, in.position());
      }
    }
    arrayEnd = in.position();
  }
}
