package io.flinklstm.format.card;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.testing.MutationRun;
import io.flinklstm.testing.Mutations;
import io.flinklstm.testing.TestModels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** YAML and JSON cards with damaged bytes, lines or values are read or refused with a message. */
class MutatedCardTest {

  private static final String[] VALUES = {
    "0",
    "-1",
    "1e999",
    ".nan",
    "0x10",
    "null",
    "~",
    "true",
    "''",
    "\"\\u0000\"",
    "[]",
    "{}",
    "[[",
    "&a [*a]",
    "*a",
    "!!int 3",
    "|",
    ">",
    "- ",
    "? ",
    ": ",
    "# ",
    "PT1S",
    "window",
    "revin",
    "mean(a, b)",
    "elapsed()",
    "2147483648",
    "<<: *a",
    "%YAML 9.9",
    "---",
    "..."
  };

  private static final ModelCard CARD =
      TestModels.card(
          1,
          List.of(
              TestModels.feature("r", "mean(a, b)", Transform.LOG_RETURN, 0, 1),
              TestModels.feature("e", "elapsed()", Transform.LOG1P, 4, 3)));

  private final String yaml = ModelCardYaml.write(CARD);
  private final String json = ModelCardJson.write(CARD);

  @Test
  void damagedCardsAreRefusedInWordsOrRead() {
    MutationRun.of("card", "c.yaml", this::damaged, card -> ModelCardYaml.read(card, "c.yaml"))
        .assertBothOutcomes();
  }

  private byte[] damaged(Random random) {
    String card = random.nextInt(4) == 0 ? json : yaml;
    if (random.nextBoolean()) {
      return Mutations.ofBytes(card.getBytes(StandardCharsets.UTF_8), random);
    }
    List<String> lines = new ArrayList<>(card.lines().filter(line -> !line.contains("#")).toList());
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(lines.size());
      String value = VALUES[random.nextInt(VALUES.length)];
      switch (random.nextInt(5)) {
        case 0 -> lines.add(at, lines.get(random.nextInt(lines.size())));
        case 1 -> lines.set(at, lines.get(at).replaceFirst(":.*", ": " + value));
        case 2 -> lines.set(at, " ".repeat(random.nextInt(9)) + lines.get(at).strip());
        case 3 -> lines.add(at, value);
        default -> lines.set(at, value.repeat(1 + random.nextInt(200)));
      }
    }
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }
}
