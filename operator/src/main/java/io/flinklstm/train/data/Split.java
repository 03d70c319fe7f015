package io.flinklstm.train.data;

/**
 * How the rows of every stream are divided in order of time: the first ones train, the next ones
 * select among what was trained, the last ones judge and decide nothing.
 *
 * @param train share of a stream's rows, or number of rows if it is above 1; above 0
 * @param validation as train, 0 or more
 * @param test as train, 0 or more
 */
public record Split(double train, double validation, double test) {

  /** The parts of a stream. */
  public enum Part {
    TRAIN,
    VALIDATION,
    TEST,
    /** From the first row to the last, including those in no part. */
    ALL
  }

  /** 70 %, 10 %, 20 %. */
  public static final Split DEFAULT = new Split(0.7, 0.1, 0.2);

  /**
   * @throws IllegalArgumentException if a number is out of range, numbers of rows and shares are
   *     mixed, or shares add up to more than 1
   */
  public Split {
    check("train", train, Double.MIN_VALUE);
    check("validation", validation, 0);
    check("test", test, 0);
    boolean rows = areRows(train, validation, test);
    double sum = train + validation + test;
    if (rows ? !isWhole(train) || !isWhole(validation) || !isWhole(test) : sum > 1 + 1e-9) {
      throw new IllegalArgumentException(
          "split: expected three shares that add up to at most 1, or three row counts, got "
              + train
              + ", "
              + validation
              + ", "
              + test);
    }
  }

  private static void check(String name, double value, double least) {
    if (!(value >= least && value <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          name
              + " of the split: expected a share of 0 to 1 or a number of rows"
              + (least > 0 ? ", above 0" : "")
              + ", got "
              + value);
    }
  }

  private static boolean areRows(double train, double validation, double test) {
    return train > 1 || validation > 1 || test > 1;
  }

  private static boolean isWhole(double value) {
    return value == Math.rint(value);
  }

  /** The first row of a part of a stream. */
  public int begin(Part part, int rows) {
    return switch (part) {
      case TRAIN, ALL -> 0;
      case VALIDATION -> row(train, rows);
      case TEST -> row(train + validation, rows);
    };
  }

  /** The row after the last one of a part of a stream. */
  public int end(Part part, int rows) {
    return switch (part) {
      case TRAIN -> row(train, rows);
      case VALIDATION -> row(train + validation, rows);
      case TEST -> row(train + validation + test, rows);
      case ALL -> rows;
    };
  }

  private int row(double end, int rows) {
    boolean inRows = areRows(train, validation, test);
    // So that 0.7 + 0.1 of 100,000 is 80,000, whatever the sum is in binary.
    return (int) Math.min(rows, inRows ? end : Math.floor(end * rows + 1e-6));
  }
}
