package io.flinklstm.jobs.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the job's command line and its configuration files. {@code --lstm.key value} takes
 * precedence over {@code --config file.yaml}.
 */
final class JobArguments {

  /** The second name is for Flink's entry points, which read --config as their own --configDir. */
  private static final List<String> CONFIG_FILE = List.of("config", "job-config");

  private JobArguments() {}

  /**
   * All keys and values, as the user wrote them.
   *
   * @throws JobConfigurationException if an argument is malformed or a file cannot be read
   */
  static Map<String, String> read(String... arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> overrides = new LinkedHashMap<>();
    for (int k = 0; k < arguments.length; k++) {
      String argument = arguments[k];
      if (!argument.startsWith("--")) {
        throw new JobConfigurationException(
            "argument "
                + (k + 1)
                + ": expected --config file.yaml or --lstm.some.key value, got "
                // Not the value: it could contain a secret.
                + argument.replaceFirst("=.*", "=..."));
      }
      int equals = argument.indexOf('=');
      String key = argument.substring(2, equals < 0 ? argument.length() : equals);
      if (equals < 0 && k + 1 == arguments.length) {
        throw new JobConfigurationException(argument + ": expected a value after it, got none");
      }
      String value = equals < 0 ? arguments[++k] : argument.substring(equals + 1);
      if (CONFIG_FILE.contains(key)) {
        values.putAll(readYaml(Path.of(value)));
      } else {
        overrides.put(key, value);
      }
    }
    values.putAll(overrides);
    return values;
  }

  private static Map<String, String> readYaml(Path file) {
    try {
      Object document =
          new Load(LoadSettings.builder().setLabel(file.toString()).build())
              .loadFromString(Files.readString(file));
      Map<String, String> values = new LinkedHashMap<>();
      if (document != null) {
        flatten("", document, file, values);
      }
      return values;
    } catch (NoSuchFileException e) {
      throw new JobConfigurationException("--config: expected a file, got none at " + file);
    } catch (IOException e) {
      throw new JobConfigurationException("--config " + file + ": expected to read it, got " + e);
    } catch (MarkedYamlEngineException e) {
      // Not the whole message: it quotes the line, which could contain a secret.
      throw new JobConfigurationException(
          "--config "
              + file
              + e.getProblemMark()
                  .map(
                      mark -> " line " + (mark.getLine() + 1) + " column " + (mark.getColumn() + 1))
                  .orElse("")
              + ": expected valid YAML, got: "
              + e.getProblem());
    } catch (YamlEngineException e) {
      throw new JobConfigurationException(
          "--config " + file + ": expected valid YAML, got " + e.getClass().getSimpleName());
    }
  }

  private static boolean isNested(Object node) {
    return node instanceof Map || node instanceof List;
  }

  /** Paths of maps become keys, and lists become their elements with commas in between. */
  private static void flatten(String path, Object node, Path file, Map<String, String> values) {
    if (node instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) ->
              flatten(path.isEmpty() ? "" + key : path + "." + key, value, file, values));
    } else if (!path.isEmpty()
        && node instanceof List<?> list
        && list.stream().noneMatch(JobArguments::isNested)) {
      flatten(
          path, list.stream().map(String::valueOf).collect(Collectors.joining(", ")), file, values);
    } else if (path.isEmpty() || node instanceof List) {
      throw new JobConfigurationException(
          "--config "
              + file
              + ": expected keys and values"
              + (path.isEmpty() ? "" : " below " + path)
              + ", got "
              + (node instanceof List ? "a list" : "a single value"));
    } else if (values.put(path, node == null ? "" : node.toString()) != null) {
      throw new JobConfigurationException(
          "--config " + file + ": expected " + path + " once, got it twice");
    }
  }
}
