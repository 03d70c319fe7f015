package io.flinklstm.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("System properties belong to the whole JVM.")
class CommandTextTest {

  private static final String PROPERTY = "flink-lstm.command";

  @AfterEach
  void forget() {
    System.clearProperty(PROPERTY);
  }

  @Test
  void isNamedAsTheUserTypedIt() {
    System.setProperty(PROPERTY, "bin/lstm");
    assertThat(CommandText.line(80, "replay", "--help")).isEqualTo("bin/lstm replay --help");
    System.setProperty(PROPERTY, "my projects/bin/lstm");
    assertThat(CommandText.name()).isEqualTo("'my projects/bin/lstm'");
    assertThat(CommandText.placeOfJvmOptions()).isEqualTo("in LSTM_OPTS");
  }

  @Test
  void quotesWhatAShellWouldChange() {
    assertThat(CommandText.line(80, "", "a b", "*", "it's", "$HOME", "-P", "x=y"))
        .isEqualTo("lstm '' 'a b' '*' 'it'\\''s' '$HOME' -P x=y");
  }

  @Test
  void goesOnInTheNextLineWhereTheTerminalEnds() {
    String[] arguments = {"submit-local", "--lstm.kafka.bootstrap-servers", "localhost:9092"};
    String whole = "lstm submit-local --lstm.kafka.bootstrap-servers localhost:9092";
    assertThat(CommandText.line(Terminal.UNBOUNDED, arguments)).isEqualTo(whole);
    assertThat(CommandText.line(60, arguments))
        .isEqualTo("lstm submit-local --lstm.kafka.bootstrap-servers \\\n    localhost:9092");
    for (int width = 40; width <= whole.length(); width++) {
      int columns = width;
      String line = CommandText.line(width, arguments);
      assertThat(line.lines()).allMatch(part -> part.length() <= columns);
      assertThat(line.replaceAll(" +\\\\\n +", " ")).isEqualTo(whole);
    }
  }
}
