package io.flinklstm.local;

import io.flinklstm.local.console.Resources;
import io.flinklstm.local.testing.MarkdownDocument;
import io.flinklstm.local.testing.MarkdownDocument.Block;
import io.flinklstm.local.testing.MarkdownDocument.Part;
import io.flinklstm.local.testing.ProjectTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The commands of the project's own launchers that a document shows. */
final class DocumentedCommand {

  private static final String LOCAL = "bin/lstm";
  private static final Pattern COMMAND =
      Pattern.compile("(bin/lstm|(benchmarks|jobs/faults)/run) .*");

  /** Stands for arguments that are left out. */
  private static final String LEFT_OUT = "…";

  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");
  private static final Pattern NAME = Pattern.compile("\\bname = \"(\\w+)\"");
  private static final Pattern OPTION_NAMES = Pattern.compile("names = (?:\\{[^}]*}|\"[^\"]*\")");
  private static final Pattern OPTION_NAME = Pattern.compile("\"(-[^\"]*)\"");

  private DocumentedCommand() {}

  /**
   * Every command in a block of code, and those in spans, where arguments may be missing: with what
   * is left out at its end, and with the launcher, which spans may leave out too.
   */
  static List<Part> all(MarkdownDocument document) {
    List<Part> commands = new ArrayList<>();
    for (Block block : document.blocks()) {
      StringBuilder command = new StringBuilder();
      for (Part line : block.lines()) {
        String text = line.text().strip().replaceFirst("^\\$ ", "").replaceFirst("\\s#.*", "");
        if (text.endsWith("\\")) {
          command.append(text, 0, text.length() - 1);
          continue;
        }
        for (String each : command.append(text).toString().split("&&|\\||;")) {
          commands.add(new Part(document, line.line(), withLauncher(each)));
        }
        command.setLength(0);
      }
    }
    Collection<String> names = localCommand().getSubcommands().keySet();
    for (Part span : document.spans()) {
      String text = withLauncher(span.text()) + " " + LEFT_OUT;
      boolean isBare = names.stream().anyMatch(name -> text.startsWith(name + " "));
      commands.add(new Part(document, span.line(), isBare ? LOCAL + " " + text : text));
    }
    commands.removeIf(command -> !COMMAND.matcher(command.text()).matches());
    return commands;
  }

  private static String withLauncher(String command) {
    return command
        .strip()
        .replaceFirst("^(?:[A-Z_]+=\\S+ )+", "")
        .replaceFirst("^java .*-jar \\S*flink-lstm-local\\.jar", LOCAL);
  }

  private static CommandLine localCommand() {
    return LocalCommand.commandLine(new Resources());
  }

  /** What the launcher does not understand; empty if it understands everything. */
  static String problem(Part command) {
    List<String> words =
        WORD.matcher(command.text())
            .results()
            .map(word -> word.group().replaceAll("[\"']", ""))
            .collect(Collectors.toCollection(ArrayList::new));
    boolean isWhole = !words.removeIf(LEFT_OUT::equals);
    String launcher = words.remove(0);
    return !launcher.equals(LOCAL)
        ? problem(words, understood(launcher.replaceFirst("/run$", "")))
        : isWhole ? problemOfWhole(words) : problemOfOptions(words);
  }

  private static String problemOfWhole(List<String> words) {
    try {
      localCommand().parseArgs(words.toArray(String[]::new));
    } catch (ParameterException e) {
      return e.getMessage();
    }
    return problemOfOptions(words); // submit-local takes every option, to pass it on to the job
  }

  private static String problemOfOptions(List<String> words) {
    CommandLine command = localCommand();
    for (String word : words) {
      if (command.getSubcommands().containsKey(word)) {
        command = command.getSubcommands().get(word);
      } else if (word.startsWith("--") && !takes(command, word.replaceFirst("=.*", ""))) {
        return "expected a known option, got " + word;
      }
    }
    return "";
  }

  private static boolean takes(CommandLine command, String option) {
    return command.getCommandSpec().optionsMap().containsKey(option)
        || command.isUnmatchedOptionsArePositionalParams()
            && option.matches("--(lstm\\..*|config|job-config)");
  }

  private static String problem(List<String> words, Set<String> understood) {
    for (int k = 0; k < words.size(); k++) {
      String word = words.get(k).replaceFirst("=.*", "");
      if ((k == 0 || word.startsWith("-")) && !understood.contains(word)) {
        return "expected a known command or option, got " + word;
      }
    }
    return "";
  }

  /** The commands and options of a module that is not on this class path, from its sources. */
  private static Set<String> understood(String module) {
    Set<String> names = new TreeSet<>(Set.of("help", "-h", "--help"));
    for (String file : new ProjectTree().files(module + "/src/main/java/.*\\.java")) {
      String source = ProjectTree.text(file);
      NAME.matcher(source).results().forEach(name -> names.add(name.group(1)));
      OPTION_NAMES
          .matcher(source)
          .results()
          .flatMap(all -> OPTION_NAME.matcher(all.group()).results())
          .forEach(name -> names.add(name.group(1)));
    }
    return names;
  }
}
