package io.flinklstm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.OptionsHelp;
import io.flinklstm.local.testing.MarkdownDocument;
import io.flinklstm.local.testing.MarkdownDocument.Block;
import io.flinklstm.local.testing.MarkdownDocument.Part;
import io.flinklstm.local.testing.ProjectTree;
import io.flinklstm.stream.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the Markdown documents against the files, options, commands and codes they name. */
class DocumentsTest {

  private static final Path EXAMPLES =
      Path.of("src/test/java/io/flinklstm/local/testing/ReadmeExamples.java");

  private static final int README_WORDS = 1_500;

  private static final Set<String> HOSTS =
      Set.of("github.com", "localhost", "nightlies.apache.org");

  /** Stands for an option of the job: {@code --lstm.key value}. */
  private static final String ANY_OPTION = "lstm.key";

  /** Stands for a code: {@code code.CODE.deadLetters}. */
  private static final String ANY_CODE = "CODE";

  private static final Pattern OPTION =
      Pattern.compile("(?<![\\w.]|\\w-)lstm(?:\\.[a-zA-Z][\\w-]*)+(?:\\.\\*)?");
  private static final Pattern CODE =
      Pattern.compile("(?:dead letter |--code[ =]|\\bcode\\.)([A-Z_]+(?:,[A-Z_]+)*)");
  private static final Pattern WORD = Pattern.compile("[^\\s=]+");
  private static final String PATH = "[\\w.-]+(/[\\w.-]+)+/?|[\\w.-]+/";
  private static final Pattern DOCUMENT = Pattern.compile("\\bdocs/[\\w./-]+\\.md\\b");
  private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

  private final ProjectTree tree = new ProjectTree();
  private final Map<Path, MarkdownDocument> documents = new TreeMap<>();

  DocumentsTest() {
    for (String name : tree.files(".*\\.md")) {
      MarkdownDocument document = new MarkdownDocument(name, ProjectTree.text(name));
      documents.put(file(name), document);
    }
  }

  private static Path file(String name) {
    return ProjectTree.ROOT.resolve(name).normalize();
  }

  private MarkdownDocument document(String name) {
    assertThat(documents).containsKey(file(name));
    return documents.get(file(name));
  }

  /**
   * @param problem of a part, or empty
   */
  private void hold(Function<MarkdownDocument, List<Part>> parts, Function<Part, String> problem) {
    List<Part> all = documents.values().stream().flatMap(d -> parts.apply(d).stream()).toList();
    assertThat(all).isNotEmpty();
    assertThat(all.stream().filter(part -> !problem.apply(part).isEmpty()))
        .extracting(part -> part + ": " + problem.apply(part))
        .isEmpty();
  }

  @Test
  void linksLeadToFilesAndHeadings() {
    hold(MarkdownDocument::links, this::problemOfLink);
  }

  private String problemOfLink(Part link) {
    String[] target = link.text().split("#", 2);
    Path from = file(link.document().name());
    Path file = target[0].isEmpty() ? from : from.resolveSibling(target[0]).normalize();
    if (!Files.exists(file)) {
      return "expected a file or folder, got none";
    }
    if (target.length == 2
        && !(documents.containsKey(file) && documents.get(file).anchors().contains(target[1]))) {
      return "expected a heading, got none";
    }
    return "";
  }

  @Test
  void addressesAreOfKnownHosts() {
    hold(
        MarkdownDocument::hosts,
        host -> HOSTS.contains(host.text()) ? "" : "expected one of " + HOSTS);
  }

  @Test
  void commandsAreUnderstood() {
    hold(DocumentedCommand::all, DocumentedCommand::problem);
  }

  @Test
  void optionsAndAccumulatorsExist() {
    Set<String> known = new HashSet<>(accumulators());
    known.add(ANY_OPTION);
    ForecastJobOptions.ALL.forEach(option -> known.add(option.key()));
    hold(
        document -> found(OPTION, 0, document.code()),
        name -> isKnown(name.text(), known) ? "" : "expected an option or accumulator");
  }

  private static boolean isKnown(String name, Set<String> known) {
    return known.contains(name)
        || (name + ".").startsWith(ForecastJobOptions.KAFKA_PROPERTIES_PREFIX)
        || name.endsWith(".*")
            && known.stream().anyMatch(key -> key.startsWith(name.replace("*", "")));
  }

  private static List<Part> found(Pattern pattern, int group, List<Part> parts) {
    List<Part> found = new ArrayList<>();
    for (Part part : parts) {
      pattern
          .matcher(part.text())
          .results()
          .forEach(r -> found.add(new Part(part.document(), part.line(), r.group(group))));
    }
    return found;
  }

  private static List<String> accumulators() {
    return Arrays.stream(Ledger.Entry.values()).map(Ledger.Entry::accumulator).toList();
  }

  @Test
  void everyAccumulatorIsDescribed() {
    assertThat(document("docs/monitoring.md").spans())
        .extracting(Part::text)
        .containsAll(accumulators());
  }

  @Test
  void everyAlarmIsDescribed() {
    List<String> alarms =
        ALERT
            .matcher(ProjectTree.text("config/monitoring/alerts.yaml"))
            .results()
            .map(alert -> alert.group(1))
            .toList();
    assertThat(document("docs/monitoring.md").firstColumn("alarm"))
        .extracting(Part::text)
        .containsExactlyElementsOf(alarms);
  }

  @Test
  void codesOfDeadLettersExist() {
    Set<String> codes = new HashSet<>(codes());
    codes.add(ANY_CODE);
    hold(
        document -> found(CODE, 1, document.code()),
        code -> codes.containsAll(List.of(code.text().split(","))) ? "" : "expected " + codes);
  }

  @Test
  void tablesOfCodesAreComplete() {
    List<MarkdownDocument> withTable =
        documents.values().stream().filter(d -> !d.firstColumn("code").isEmpty()).toList();
    assertThat(withTable).isNotEmpty();
    for (MarkdownDocument document : withTable) {
      assertThat(document.firstColumn("code"))
          .as(document.name())
          .extracting(Part::text)
          .containsExactlyInAnyOrderElementsOf(codes());
    }
  }

  private static List<String> codes() {
    return Arrays.stream(RejectionCode.values()).map(RejectionCode::name).toList();
  }

  @Test
  void pathsExist() {
    hold(DocumentsTest::paths, this::problemOfPath);
  }

  /** What looks like a path in spans, and in commands. */
  private static List<Part> paths(MarkdownDocument document) {
    List<Part> paths = new ArrayList<>(document.spans());
    for (Block block : document.blocks()) {
      if (block.language().equals("sh")) {
        paths.addAll(found(WORD, 0, block.lines()));
      }
    }
    paths.removeIf(path -> !path.text().matches(PATH));
    return paths;
  }

  /** A path that begins with the name of a folder of ours, wherever that is, is one of ours. */
  private String problemOfPath(Part part) {
    String path = part.text().replaceFirst("/$", "");
    boolean isBuilt = path.contains("/target/");
    return isBuilt || tree.has(path) || !tree.hasFolder(path.replaceFirst("/.*", ""))
        ? ""
        : "expected a file or folder, got none";
  }

  @Test
  void sourcesNameDocumentsThatExist() {
    List<String> missing = new ArrayList<>();
    for (String name : tree.files(".*\\.(java|yaml|json|xml|properties)|.*/(run|Dockerfile)")) {
      DOCUMENT
          .matcher(ProjectTree.text(name))
          .results()
          .filter(document -> !Files.exists(file(document.group())))
          .forEach(document -> missing.add(name + ": " + document.group()));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void readmeIsShort() {
    assertThat(document("README.md").text().strip().split("\\s+").length)
        .as("words in README.md")
        .isLessThanOrEqualTo(README_WORDS);
  }

  @Test
  void listsEveryOption() {
    assertThat(document("docs/options.md").text()).contains(OptionsHelp.markdown());
  }

  @ParameterizedTest
  @CsvSource({
    "datastream,docs/library.md",
    "consumer,docs/consuming.md",
    "ready,docs/consuming.md",
    "avro,docs/records.md"
  })
  void showsExamplesThatCompile(String tag, String document) throws IOException {
    String source = Files.readString(EXAMPLES);
    int begin = source.indexOf("tag::" + tag + "[]\n") + ("tag::" + tag + "[]\n").length();
    int end = source.indexOf("  // end::" + tag + "[]");
    String example = source.substring(begin, end).stripTrailing().stripIndent().strip();
    assertThat(document(document).text()).contains("```java\n" + example + "\n```");
  }
}
