package io.flinklstm.jobs.record;

import io.flinklstm.formula.FieldPath;
import io.flinklstm.formula.FieldPath.Root;
import io.flinklstm.formula.FieldPath.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The levels of a record that holds several observations: the whole record at level 0, the elements
 * of its array at level 1, and so on for arrays inside elements. A record that is one observation
 * has level 0 only. Immutable.
 */
public final class RecordLevels {

  private final List<List<Step>> arrays = new ArrayList<>(); // by level: the way to its array
  private final String records;

  /**
   * @param records the path of the observations, or null if each record is one
   * @throws IllegalArgumentException if it is no path to the elements of an array
   */
  public RecordLevels(@Nullable String records) {
    this.records = records == null ? "" : records;
    if (records == null) {
      return;
    }
    FieldPath path = FieldPath.parse(records);
    if (path.root() != Root.VALUE && path.root() != Root.RECORD
        || path.steps().isEmpty()
        || !path.steps().get(path.steps().size() - 1).isEvery()) {
      throw new IllegalArgumentException(
          "lstm.source.records: expected the path of an array's elements, for example data[*] or [*], got "
              + records);
    }
    List<Step> way = new ArrayList<>();
    for (Step step : path.steps()) {
      if (step.isEvery()) {
        arrays.add(List.copyOf(way));
        way.clear();
      } else {
        way.add(step);
      }
    }
  }

  /** The level of the observations. */
  public int last() {
    return arrays.size();
  }

  /** The way from the value of a level, not the last one, to the array of the next. */
  public List<Step> array(int level) {
    return arrays.get(level);
  }

  /** The path of the observations as the user wrote it. */
  public String records() {
    return records;
  }

  /**
   * The level whose values a path is part of: plain paths belong to the observation, paths from the
   * record to the level that their {@code [*]} reach.
   *
   * @throws IllegalArgumentException if the path leads to several values
   */
  public int of(FieldPath path) {
    if (path.root() == Root.VALUE) {
      if (path.fanOuts() > 0) {
        throw several(path);
      }
      return last();
    }
    int level = 0;
    for (List<Step> rest = path.steps(); rest.stream().anyMatch(Step::isEvery); level++) {
      int every = indexOfEvery(rest);
      if (path.root() != Root.RECORD
          || level == last()
          || !rest.subList(0, every).equals(arrays.get(level))) {
        throw several(path);
      }
      rest = rest.subList(every + 1, rest.size());
    }
    return level;
  }

  /** The steps of a path within the value of its level. */
  public List<Step> within(FieldPath path) {
    List<Step> steps = path.steps();
    int every = steps.size() - 1;
    while (every >= 0 && !steps.get(every).isEvery()) {
      every--;
    }
    return steps.subList(every + 1, steps.size());
  }

  private static int indexOfEvery(List<Step> steps) {
    int index = 0;
    while (!steps.get(index).isEvery()) {
      index++;
    }
    return index;
  }

  private IllegalArgumentException several(FieldPath path) {
    return new IllegalArgumentException(
        "field "
            + path
            + ": expected a path to one value"
            + (records.isEmpty() ? "" : ", or one that begins like $." + records)
            + ", got several");
  }
}
