package io.flinklstm.local.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.local.deploy.PromQl.LabelMatcher;
import io.flinklstm.local.deploy.PromQl.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromQlTest {

  @Test
  void findsSelectorsWithTheirFunction() {
    assertThat(new PromQl("time() - max by (job) (a) / 1000 > 120").selectors())
        .containsExactly(new Selector("a", List.of(), "max"));
    assertThat(new PromQl("sum(rate(a{x=\"}1\",y=~\"2|3\"}[5m])) > 0 and b").selectors())
        .containsExactly(
            new Selector(
                "a",
                List.of(new LabelMatcher("x", "=", "}1"), new LabelMatcher("y", "=~", "2|3")),
                "rate"),
            new Selector("b", List.of(), ""));
  }

  @Test
  void findsTheLabelsOfGroupsAndJoins() {
    PromQl ratio =
        new PromQl("sum by (job, code) (rate(a[5m])) / on (job) group_left sum(b) by (zone)");
    assertThat(ratio.labels()).containsExactly("code", "job", "zone");
    assertThat(ratio.selectors()).extracting(Selector::metric).containsExactly("a", "b");
  }

  @Test
  void refusesWhatIsNotPromQl() {
    assertThatThrownBy(() -> new PromQl("sum(a) ; b")).hasMessageContaining("got  ; b");
  }

  @Test
  void matchesLabelsWhole() {
    assertThat(new LabelMatcher("x", "=~", "a|b").matches("ab")).isFalse();
    assertThat(new LabelMatcher("x", "!=", "a").matches("b")).isTrue();
  }
}
