package io.flinklstm.train.network;

/** After which steps the linear head is applied. */
public enum HeadSteps {
  /** After the last one: y is (batch, outputSize). */
  LAST,
  /** After every one: y is (batch, steps, outputSize). */
  ALL;

  int count(int steps) {
    return this == LAST ? 1 : steps;
  }
}
