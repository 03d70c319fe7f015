package io.flinklstm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.jobs.config.OptionsHelp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The README says what the code does: its table and examples are taken from the code. */
class ReadmeTest {

  private static final Path ROOT = Path.of("..", "..");
  private static final Path EXAMPLES =
      Path.of("src/test/java/io/flinklstm/local/testing/ReadmeExamples.java");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @Test
  void listsEveryOption() throws IOException {
    assertThat(readme()).contains(OptionsHelp.markdown());
  }

  @ParameterizedTest
  @CsvSource({"datastream,README.md", "consumer,README.md", "avro,docs/records.md"})
  void showsExamplesThatCompile(String tag, String document) throws IOException {
    String source = Files.readString(EXAMPLES);
    int begin = source.indexOf("tag::" + tag + "[]\n") + ("tag::" + tag + "[]\n").length();
    int end = source.indexOf("  // end::" + tag + "[]");
    String example = source.substring(begin, end).stripTrailing().stripIndent().strip();
    assertThat(Files.readString(ROOT.resolve(document))).contains("```java\n" + example + "\n```");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/deploying.md",
        "docs/monitoring.md",
        "docs/delivery.md",
        "docs/state.md",
        "docs/troubleshooting.md",
        "docs/security.md",
        "docs/reliability.md",
        "docs/model-card.md",
        "docs/model-files.md",
        "docs/records.md",
        "docs/performance.md",
        "benchmarks/README.md",
        "config/schemas/README.md",
        "config/model/README.md",
        "config/kubernetes/README.md",
        "docker/README.md"
      })
  void linksToWhatIsThere(String document) throws IOException {
    Matcher link = LINK.matcher(Files.readString(ROOT.resolve(document)));
    Path folder = ROOT.resolve(document).resolveSibling(".");
    while (link.find()) {
      assertThat(folder.resolve(link.group(1))).as(link.group()).exists();
    }
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }
}
