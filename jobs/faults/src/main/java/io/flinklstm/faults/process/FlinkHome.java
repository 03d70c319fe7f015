package io.flinklstm.faults.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A Flink installation: the jars of its lib folder, and a conf folder. Its programs are started the
 * same way as by Flink's own scripts.
 */
public final class FlinkHome {

  private static final String SCRIPT_PROGRAM = "org.apache.flink.runtime.util.bash.BashJavaUtils";
  private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";

  private final Path conf;
  private final Path temporary;
  private final String classPath;
  private final Map<String, String> all = new TreeMap<>(); // the configuration
  private final Map<String, List<String>> parameters = new HashMap<>();

  /**
   * @param folder for conf and temporary files
   * @param classPath a file with the class path of the lib folder
   * @param logging Flink's log4j configuration
   */
  public FlinkHome(Path folder, Path classPath, Path logging) throws IOException {
    this.conf = Files.createDirectories(folder.resolve("conf"));
    this.temporary = Files.createDirectories(folder.resolve("tmp"));
    Files.copy(logging, conf.resolve("log4j.properties"));
    if (!Files.isRegularFile(classPath)) {
      throw new IOException(
          "Flink's jars: expected their list in " + classPath + ", got no file; run mvn package");
    }
    this.classPath = Files.readString(classPath).strip();
  }

  public Path conf() {
    return conf;
  }

  /**
   * Writes conf/config.yaml.
   *
   * @param shipped a file of flat keys
   * @param settings take precedence over it
   */
  public void configure(Path shipped, Map<String, String> settings) throws IOException {
    all.clear();
    Object document =
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(shipped));
    ((Map<?, ?>) document).forEach((key, value) -> all.put(key.toString(), value.toString()));
    all.putAll(settings);
    List<String> lines = new ArrayList<>();
    all.forEach((key, value) -> lines.add(key + ": '" + value.replace("'", "''") + "'"));
    Files.write(conf.resolve("config.yaml"), lines);
    parameters.clear();
  }

  /** The command that starts one of Flink's programs. */
  public List<String> command(String main, List<String> jvmOptions, List<String> arguments) {
    List<String> options = new ArrayList<>(jvmOptions);
    options.add("-Dlog4j.configurationFile=" + conf.resolve("log4j.properties").toUri());
    return Jvm.command(classPath, temporary, options, main, arguments);
  }

  /**
   * The command that starts a JobManager or TaskManager with the configured memory and JVM options.
   *
   * @param resources the request to the scripts' own program, such as GET_TM_RESOURCE_PARAMS
   * @param options the key of its JVM options, in addition to env.java.opts.all
   * @param settings for this process only
   */
  public List<String> serverCommand(
      String main, String resources, String options, Map<String, String> settings)
      throws IOException {
    List<String> given = resourceParameters(resources);
    List<String> jvmOptions = new ArrayList<>(List.of(given.get(0).split(" ")));
    for (String key : List.of("env.java.opts.all", options)) {
      jvmOptions.addAll(List.of(all.getOrDefault(key, "").split(" ")));
    }
    jvmOptions.removeIf(String::isEmpty);
    List<String> arguments = new ArrayList<>(List.of("--configDir", conf.toString()));
    if (given.size() > 1 && !given.get(1).isBlank()) {
      arguments.addAll(List.of(given.get(1).strip().split(" ")));
    }
    settings.forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
    return command(main, jvmOptions, arguments);
  }

  private List<String> resourceParameters(String request) throws IOException {
    List<String> known = parameters.get(request);
    if (known == null) {
      String output =
          run(SCRIPT_PROGRAM, List.of("-Xmx64m"), List.of(request, "--configDir", conf.toString()));
      known =
          output
              .lines()
              .filter(line -> line.contains(RESULT))
              .map(line -> line.substring(line.indexOf(RESULT) + RESULT.length()))
              .toList();
      if (known.isEmpty()) {
        throw new IOException(request + ": expected JVM options, got: " + output);
      }
      parameters.put(request, known);
    }
    return known;
  }

  /**
   * Runs a program to its end.
   *
   * @return what it printed
   * @throws IOException if it fails; the message contains what it printed
   */
  public String run(String main, List<String> jvmOptions, List<String> arguments)
      throws IOException {
    List<String> options = new ArrayList<>(jvmOptions);
    options.add("-XX:TieredStopAtLevel=1"); // for a quick start
    ProcessBuilder builder =
        new ProcessBuilder(command(main, options, arguments)).redirectErrorStream(true);
    builder.environment().put("FLINK_CONF_DIR", conf.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException(main + ": expected exit code 0, got " + exit + ": " + output);
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(main + ": interrupted", e);
    }
  }
}
