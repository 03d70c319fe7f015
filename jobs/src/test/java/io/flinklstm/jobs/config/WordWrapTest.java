package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordWrapTest {

  @Test
  void breaksAtTheLastSpaceThatFits() {
    assertThat(WordWrap.lines("one two three four", 9)).containsExactly("one two", "three", "four");
    assertThat(WordWrap.lines("one two", 7)).containsExactly("one two");
    assertThat(WordWrap.lines("one two", 3)).containsExactly("one", "two");
  }

  @Test
  void keepsWordsWholeThatAreTooLong() {
    assertThat(WordWrap.lines("a /path/of/a/file b", 6))
        .containsExactly("a", "/path/of/a/file", "b");
    assertThat(WordWrap.lines("/path/of/a/file", 6)).containsExactly("/path/of/a/file");
  }

  @Test
  void keepsLineBreaksAndLinesToCopy() {
    assertThat(WordWrap.lines("one two:\n\n  three four\r\n", 6))
        .containsExactly("one", "two:", "", "  three four", "");
  }

  @Test
  void dropsAllSpacesWhereItBreaks() {
    assertThat(WordWrap.lines("12 + 0  ok", 7)).containsExactly("12 + 0", "ok");
    assertThat(WordWrap.lines("12 + 0  ok", 10)).containsExactly("12 + 0  ok");
  }

  @Test
  void withoutALimitNothingIsBroken() {
    assertThat(WordWrap.lines("one two three", Integer.MAX_VALUE)).containsExactly("one two three");
  }
}
