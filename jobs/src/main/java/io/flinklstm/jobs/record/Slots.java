package io.flinklstm.jobs.record;

import io.flinklstm.formula.FieldPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The places for the values of an observation: first the fields of the model card in its order,
 * then the parts of the key, time, sequence and the operands of the condition. Immutable.
 */
public final class Slots {

  private final @Nullable FieldPath[] paths; // by slot; null if no field fills it
  private final String[] names; // the paths as texts; empty without one
  private final int[] levelOf; // by slot
  private final int fieldCount;
  private final int keyCount;
  private final RecordLevels levels;
  private final int[][] required; // by level: its slots that an observation needs

  /**
   * @param fields the fields of the model card, in its order
   * @param format the names of the other fields
   * @param operands the fields that the condition compares
   * @throws IllegalArgumentException if a path cannot be used
   */
  public Slots(List<String> fields, RecordFormat format, List<FieldPath> operands) {
    fieldCount = fields.size();
    keyCount = format.names().keyConstant() == null ? format.names().key().size() : 0;
    List<@Nullable FieldPath> all = new ArrayList<>();
    fields.forEach(field -> all.add(FieldPath.parse(field)));
    if (keyCount > 0) {
      format.names().key().forEach(field -> all.add(FieldPath.parse(field)));
    }
    all.add(pathOrNull(format.names().time()));
    all.add(pathOrNull(format.names().sequence()));
    all.addAll(operands);
    paths = all.toArray(FieldPath[]::new);
    names = new String[paths.length];
    Arrays.fill(names, "");
    levels = new RecordLevels(format.selection().records());
    levelOf = new int[paths.length];
    for (int slot = 0; slot < paths.length; slot++) {
      FieldPath path = paths[slot];
      if (path != null) {
        names[slot] = path.toString();
        levelOf[slot] = levels.of(path);
      }
    }
    required = new int[levels.last() + 1][];
    for (int level = 0; level < required.length; level++) {
      int current = level;
      required[level] =
          IntStream.rangeClosed(0, sequence())
              .filter(slot -> paths[slot] != null && levelOf[slot] == current)
              .toArray();
    }
  }

  private static @Nullable FieldPath pathOrNull(@Nullable String text) {
    return text == null ? null : FieldPath.parse(text);
  }

  public int count() {
    return names.length;
  }

  public int fieldCount() {
    return fieldCount;
  }

  public int keyCount() {
    return keyCount;
  }

  /** The slot of the event time. */
  public int time() {
    return fieldCount + keyCount;
  }

  /** The slot of the sequence number. */
  public int sequence() {
    return fieldCount + keyCount + 1;
  }

  public boolean isField(int slot) {
    return slot < fieldCount;
  }

  public boolean isKey(int slot) {
    return slot >= fieldCount && slot < fieldCount + keyCount;
  }

  /** Which part of the key a slot holds. */
  public int keyPart(int slot) {
    return slot - fieldCount;
  }

  public boolean isOperand(int slot) {
    return slot > sequence();
  }

  /** Which operand of the condition a slot holds. */
  public int operand(int slot) {
    return slot - sequence() - 1;
  }

  /** The path of a slot's field; null if the record's key or timestamp fills it, or nothing. */
  public @Nullable FieldPath path(int slot) {
    return paths[slot];
  }

  /** The path as text, for messages. */
  public String name(int slot) {
    return names[slot];
  }

  /** The level of the record at which a slot is filled. */
  public int level(int slot) {
    return levelOf[slot];
  }

  public RecordLevels levels() {
    return levels;
  }

  /** The slots of a level that an observation needs: the live array. */
  public int[] required(int level) {
    return required[level];
  }
}
