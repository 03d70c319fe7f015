package io.flinklstm.benchmarks.harness;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The results of a benchmark, as readable tables and as JSON. */
public final class Report {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final String benchmark;
  private final ObjectNode machine = Machine.describe();
  private final List<String> notes = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();

  /** A report that records when and where it began. */
  public Report(String benchmark) {
    this.benchmark = benchmark;
  }

  /** Adds a line above the tables: how it was measured, or what was left out. */
  public void note(String line) {
    notes.add(line);
  }

  /** Adds an empty table. */
  public Table table(String name, String title, Table.Column... columns) {
    Table table = new Table(name, title, columns);
    tables.add(table);
    return table;
  }

  /** Prints the report, and writes it to the JSON file if one was given. */
  public void publish(CommonOptions options) throws IOException {
    System.out.print(text());
    Path file = options.json();
    if (file != null) {
      Files.write(file, JSON.writeValueAsBytes(json()));
      System.out.println("Written to " + file);
    }
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(benchmark).append('\n');
    machine
        .properties()
        .forEach(
            entry ->
                text.append(entry.getKey())
                    .append(": ")
                    .append(entry.getValue().asText())
                    .append('\n'));
    notes.forEach(note -> text.append(note).append('\n'));
    tables.forEach(table -> text.append('\n').append(table.text()));
    return text.append('\n').toString();
  }

  ObjectNode json() {
    ObjectNode node = JSON.createObjectNode();
    node.put("benchmark", benchmark);
    node.set("machine", machine);
    notes.forEach(node.putArray("notes")::add);
    tables.forEach(table -> node.set(table.name(), table.json()));
    return node;
  }
}
