package io.flinklstm.jobs.record;

import io.flinklstm.formula.FieldPath;
import io.flinklstm.formula.FieldPath.Step;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The needed fields of a nested value: what to do with it, and the trees of its parts. Built once
 * per reader, before anything is read.
 */
public final class FieldTree {

  private static final int[] NONE = {};
  private static final int MAX_POSITION = 10_000;

  private String[] names = {}; // interned, so that the parser's names are found by identity
  private FieldTree[] byName = {};
  private @Nullable FieldTree[] byIndex = {};
  private int[] slots = NONE;
  private boolean parsed; // its text is JSON
  private boolean array; // its elements are observations or hold them

  /** Where the value was in the current record, for {@link ElementFrame}. */
  public byte @Nullable [] bytes;

  public int start;
  public int end;

  private long lastDocument; // the document that had this object last

  /** Whether a document has the object for the first time; documents are numbered from 1. */
  public boolean isFirstIn(long document) {
    boolean isFirst = lastDocument != document;
    lastDocument = document;
    return isFirst;
  }

  /**
   * The trees of a record's levels.
   *
   * @throws IllegalArgumentException if a path does not suit its level
   */
  public static FieldTree[] byLevel(ObservationDraft draft) {
    RecordLevels levels = draft.slots.levels();
    FieldTree[] trees = new FieldTree[levels.last() + 1];
    for (int level = 0; level < trees.length; level++) {
      trees[level] = new FieldTree();
      if (level < levels.last()) {
        trees[level].at(levels.array(level)).array = true;
      }
    }
    for (int slot = 0; slot < draft.slots.count(); slot++) {
      FieldPath path = draft.slots.path(slot);
      if (path != null && path.isInValue()) {
        trees[levels.of(path)].at(levels.within(path)).fill(slot);
      }
    }
    for (String text : draft.format().selection().parse()) {
      FieldPath path = FieldPath.parse(text);
      trees[levels.of(path)].at(levels.within(path)).parsed = true;
    }
    for (int level = 0; level < levels.last(); level++) {
      FieldTree array = trees[level];
      for (Step step : levels.array(level)) {
        if (array.slots.length > 0) {
          throw new IllegalArgumentException(
              "lstm.source.records "
                  + levels.records()
                  + ": expected no field to name what the array is in, got one");
        }
        array = array.at(List.of(step));
      }
      if (array.slots.length > 0 || array.hasParts() || array.hasPositions()) {
        throw new IllegalArgumentException(
            "lstm.source.records "
                + levels.records()
                + ": expected no field to name a part of this array besides [*], got one");
      }
    }
    return trees;
  }

  /** The tree of the value at the end of some steps; created if there is none. */
  public FieldTree at(List<Step> steps) {
    FieldTree tree = this;
    for (Step step : steps) {
      tree = step.name() == null ? tree.element(step.index()) : tree.child(step.name());
    }
    return tree;
  }

  private FieldTree child(String name) {
    for (int k = 0; k < names.length; k++) {
      if (names[k].equals(name)) {
        return byName[k];
      }
    }
    names = Arrays.copyOf(names, names.length + 1);
    byName = Arrays.copyOf(byName, names.length);
    names[names.length - 1] = name.intern();
    return byName[names.length - 1] = new FieldTree();
  }

  private FieldTree element(int index) {
    if (index >= MAX_POSITION) {
      throw new IllegalArgumentException(
          "position in an array: expected less than " + MAX_POSITION + ", got " + index);
    }
    byIndex = Arrays.copyOf(byIndex, Math.max(byIndex.length, index + 1));
    FieldTree element = byIndex[index];
    if (element == null) {
      element = byIndex[index] = new FieldTree();
    }
    return element;
  }

  /** The value fills a slot. */
  public void fill(int slot) {
    slots = Arrays.copyOf(slots, slots.length + 1);
    slots[slots.length - 1] = slot;
  }

  public int[] slots() {
    return slots;
  }

  /** Whether the value is a text with JSON in it. */
  public boolean isParsed() {
    return parsed;
  }

  /** Whether the value is the array with the observations. */
  public boolean isArray() {
    return array;
  }

  /** Whether the value or a part of it is needed. */
  public boolean isNeeded() {
    return slots.length > 0 || array || hasParts() || hasPositions();
  }

  /** Whether fields of the value, an object, are needed. */
  public boolean hasParts() {
    return names.length > 0;
  }

  /** Whether elements of the value, an array, are needed. */
  public boolean hasPositions() {
    return byIndex.length > 0;
  }

  /** Forgets where the values of this tree were. */
  public void forget() {
    bytes = null;
    for (FieldTree field : byName) {
      field.forget();
    }
    for (FieldTree element : byIndex) {
      if (element != null) {
        element.forget();
      }
    }
  }

  /** The tree of a field, or null if it is not needed. */
  public @Nullable FieldTree find(String name) {
    for (int k = 0; k < names.length; k++) {
      if (name.equals(names[k])) {
        return byName[k];
      }
    }
    return null;
  }

  /** The tree of an element, or null if it is not needed. */
  public @Nullable FieldTree find(int index) {
    return index < byIndex.length ? byIndex[index] : null;
  }

  public String[] names() {
    return names;
  }

  public FieldTree[] byName() {
    return byName;
  }

  public @Nullable FieldTree[] byIndex() {
    return byIndex;
  }
}
