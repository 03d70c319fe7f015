package io.flinklstm.formula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.formula.FieldPath.Root;
import io.flinklstm.formula.FieldPath.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldPathTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "price; VALUE; price",
        "data.p; VALUE; data|p",
        "payload.after.price; VALUE; payload|after|price",
        "\"a.b\"; VALUE; a.b",
        "[\"a.b\"]; VALUE; a.b",
        "['a.b']; VALUE; a.b",
        "\"T (degC)\"; VALUE; T (degC)",
        "data.\"Adj Close\"; VALUE; data|Adj Close",
        "data[\"x\"].y; VALUE; data|x|y",
        "Adj Close; VALUE; Adj Close",
        "[2]; VALUE; [2]",
        "data[0][1].p; VALUE; data|[0]|[1]|p",
        "data[*]; VALUE; data|[*]",
        "[*]; VALUE; [*]",
        "$; RECORD; ",
        "$.symbol; RECORD; symbol",
        "$[3]; RECORD; [3]",
        "$key; KEY; ",
        "$key.id; KEY; id",
        "$header.x-symbol; HEADER; x-symbol",
        "$header[\"x.y\"]; HEADER; x.y",
        "$topic; TOPIC; ",
        "$keys; VALUE; $keys",
        "$price.x; VALUE; $price|x",
        "\"$key\"; VALUE; $key",
        "\"say \\\"hi\\\" \\\\\"; VALUE; say \"hi\" \\",
      })
  void readsRootAndSteps(String text, Root root, String steps) {
    FieldPath path = FieldPath.parse(text);
    assertThat(path.root()).isEqualTo(root);
    assertThat(path.steps().stream().map(FieldPathTest::plain))
        .containsExactly(steps == null ? new String[0] : steps.split("\\|"));
    assertThat(FieldPath.parse(path.toString())).isEqualTo(path);
    assertThat(FieldPath.parse(path.toString())).hasToString(path.toString());
  }

  private static String plain(Step step) {
    return step.name() == null ? step.toString() : step.name();
  }

  @Test
  void equalPathsHaveEqualTexts() {
    assertThat(List.of("[\"price\"]", "\"price\"", " price "))
        .allSatisfy(text -> assertThat(FieldPath.parse(text)).hasToString("price"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        "a.",
        "a..b",
        ".a",
        "a[",
        "a[x]",
        "a[-1]",
        "a[0",
        "\"a",
        "\"\"",
        "a(b)",
        "a,b",
        "a]",
        "$header",
        "$header[0]",
        "$topic.x",
        "[99999999999]",
        "a\"b\""
      })
  void refusesWhatIsNoPath(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FieldPath.parse(text))
        .withMessageContaining("expected");
  }

  @Test
  void findsThePathAtTheBeginningOfAnExpression() {
    FieldPath.Prefix prefix = FieldPath.parsePrefix("not data.\"a b\"[0]<=3", 3);
    assertThat(prefix.path()).hasToString("data.\"a b\"[0]");
    assertThat("not data.\"a b\"[0]<=3".substring(prefix.end())).isEqualTo("<=3");
  }

  @Test
  void splitsAtCommasOutsideQuotes() {
    assertThat(FieldPath.split("a, \"b,\\\",c\" ,d\\")).containsExactly("a", "\"b,\\\",c\"", "d\\");
    assertThat(FieldPath.split(" ")).isEmpty();
  }

  @Test
  void saysWhereAPathIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FieldPath.parse("data[x].p"))
        .withMessage(
            "field path: expected a position from 0, a name in quotes or * at character 6,"
                + " got \"x].p\" in \"data[x].p\"");
  }
}
