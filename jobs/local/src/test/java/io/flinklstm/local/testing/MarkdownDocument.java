package io.flinklstm.local.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown document: its headings, links, code and tables, each with its line. Knows what the
 * project's documents use: fenced and indented blocks, code spans, inline links, pipe tables.
 */
public final class MarkdownDocument {

  /** A piece of a document, and the line where it begins. */
  public record Part(MarkdownDocument document, int line, String text) {

    @Override
    public String toString() {
      return document.name + ":" + line + ": " + text;
    }
  }

  /**
   * A block of code.
   *
   * @param language what its fence names; empty if it names none or the block is indented
   */
  public record Block(String language, List<Part> lines) {}

  private static final Pattern FENCE = Pattern.compile(" *(```+|~~~+) *(\\S*).*");
  private static final String INDENT = "    ";
  private static final Pattern SPAN = Pattern.compile("(`+)([^`]+)\\1");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern ADDRESS = Pattern.compile("\\bhttps?://([^/\\s)>:]+)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?)(?: #+)?$");
  private static final Pattern LINK_TEXT = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)");

  private final String name;
  private final String text;
  private final String prose; // blocks are blank lines
  private final String proseWithoutSpans; // their characters are x
  private final List<Block> blocks = new ArrayList<>();

  /**
   * @param name under the root of the project
   */
  public MarkdownDocument(String name, String text) {
    this.name = name;
    this.text = text;
    this.prose = withoutBlocks(text.split("\n", -1));
    this.proseWithoutSpans =
        SPAN.matcher(prose).replaceAll(span -> span.group().replaceAll("[^\n]", "x"));
  }

  /** Collects the blocks of code, and leaves the rest. */
  private String withoutBlocks(String[] lines) {
    String fence = null;
    boolean afterBlank = true;
    boolean indented = false;
    for (int k = 0; k < lines.length; k++) {
      String line = lines[k];
      Matcher opening = FENCE.matcher(line);
      if (fence != null) {
        if (line.strip().equals(fence)) {
          fence = null;
        } else {
          addToBlock(k, line);
        }
      } else if (opening.matches()) {
        fence = opening.group(1);
        blocks.add(new Block(opening.group(2), new ArrayList<>()));
      } else if (line.startsWith(INDENT) && (afterBlank || indented)) {
        if (!indented) {
          blocks.add(new Block("", new ArrayList<>()));
        }
        addToBlock(k, line);
        indented = true;
      } else {
        afterBlank = line.isBlank();
        indented = false;
        continue;
      }
      lines[k] = "";
    }
    return String.join("\n", lines);
  }

  private void addToBlock(int index, String line) {
    blocks.get(blocks.size() - 1).lines().add(new Part(this, index + 1, line));
  }

  /** The name under the root of the project. */
  public String name() {
    return name;
  }

  public String text() {
    return text;
  }

  public List<Block> blocks() {
    return blocks;
  }

  /** Code within a line. */
  public List<Part> spans() {
    return parts(SPAN.matcher(prose), 2);
  }

  /** All code: spans, and the lines of blocks. */
  public List<Part> code() {
    List<Part> code = new ArrayList<>(spans());
    blocks.forEach(block -> code.addAll(block.lines()));
    return code;
  }

  /** Where links within the project lead. */
  public List<Part> links() {
    List<Part> links = new ArrayList<>(parts(LINK.matcher(proseWithoutSpans), 1));
    links.removeIf(link -> link.text().contains(":"));
    return links;
  }

  /** The hosts of all web addresses outside of code. */
  public List<Part> hosts() {
    return parts(ADDRESS.matcher(proseWithoutSpans), 1);
  }

  /** What a link to a heading has behind its #, by GitHub's rule. */
  public Set<String> anchors() {
    Map<String, Integer> times = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    for (Part heading : parts(HEADING.matcher(prose), 1)) {
      String anchor =
          LINK_TEXT
              .matcher(heading.text())
              .replaceAll("$1")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc} -]", "")
              .replace(' ', '-');
      int before = times.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  /** The code in the first column of every table whose first column has this title. */
  public List<Part> firstColumn(String title) {
    List<Part> column = new ArrayList<>();
    String[] lines = prose.split("\n");
    boolean inTable = false;
    for (int k = 0; k < lines.length; k++) {
      String[] cells = lines[k].split("\\|");
      inTable = cells.length > 1 && (inTable || cells[1].strip().equals(title));
      if (inTable) {
        Matcher span = SPAN.matcher(cells[1]);
        while (span.find()) {
          column.add(new Part(this, k + 1, span.group(2)));
        }
      }
    }
    return column;
  }

  private List<Part> parts(Matcher matcher, int group) {
    return matcher.results().map(result -> part(result, group)).toList();
  }

  private Part part(MatchResult result, int group) {
    long linesBefore = prose.substring(0, result.start()).chars().filter(c -> c == '\n').count();
    return new Part(this, (int) linesBefore + 1, result.group(group).replaceAll("\\s+", " "));
  }
}
