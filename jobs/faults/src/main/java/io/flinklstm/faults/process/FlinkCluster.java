package io.flinklstm.faults.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A JobManager and TaskManagers, each in its own process. {@link #supervise} restarts killed ones,
 * as an orchestrator does.
 */
public final class FlinkCluster implements AutoCloseable {

  private static final int TASK_MANAGERS = 2;
  private static final int SLOTS = 2; // per TaskManager

  private static final Duration LIVENESS = Duration.ofSeconds(45);
  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  private final FlinkHome home;
  private final Path folder;
  private final int restPort;
  private final FlinkRest rest;
  private final List<ServerProcess> taskManagers = new ArrayList<>();
  private final Map<ServerProcess, Integer> metricPorts = new HashMap<>();
  private ServerProcess jobManager;
  private long silentSince; // System.nanoTime since when the JobManager is silent; 0: it answers
  private boolean answered; // whether the JobManager has answered since its start
  private int started;

  /**
   * Starts nothing yet.
   *
   * @param shipped the configuration file that users get
   * @param settings of the cluster; they take precedence
   */
  public FlinkCluster(FlinkHome home, Path folder, Path shipped, Map<String, String> settings)
      throws IOException {
    this.home = home;
    this.folder = folder;
    this.restPort = Jvm.freePort();
    this.rest = new FlinkRest("http://localhost:" + restPort);
    Map<String, String> all = new TreeMap<>(settings);
    all.put("rest.port", Integer.toString(restPort));
    all.put("rest.address", "localhost");
    all.put("rest.bind-address", "localhost");
    all.put("jobmanager.rpc.address", "localhost");
    all.put("jobmanager.rpc.port", Integer.toString(Jvm.freePort()));
    all.put("jobmanager.bind-host", "localhost");
    all.put("taskmanager.host", "localhost");
    all.put("taskmanager.bind-host", "localhost");
    all.put("taskmanager.numberOfTaskSlots", Integer.toString(SLOTS));
    all.put("taskmanager.load-balance.mode", "SLOTS");
    all.put("io.tmp.dirs", Files.createDirectories(folder.resolve("flink-tmp")).toString());
    home.configure(shipped, all);
  }

  public FlinkRest rest() {
    return rest;
  }

  /** Starts all processes and waits until every slot is available. */
  public void start() throws IOException {
    supervise();
    Waiting.until(
        "all slots",
        () -> {
          jobManager.checkAlive();
          return rest.get("/overview").get("slots-total").asInt() >= TASK_MANAGERS * SLOTS;
        });
  }

  /**
   * Restarts processes that have ended or no longer answer, as an orchestrator does; they may not
   * be ready on return.
   */
  public void supervise() throws IOException {
    if (jobManager == null || !jobManager.isAlive() || isUnanswered()) {
      jobManager =
          start(
              "jobmanager-" + started++,
              "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
              "GET_JM_RESOURCE_PARAMS",
              "env.java.opts.jobmanager",
              Map.of());
      silentSince = 0;
      answered = false;
    }
    while (taskManagers().size() < TASK_MANAGERS) {
      String id = "taskmanager-" + started++;
      taskManagers.add(
          start(
              id,
              "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
              "GET_TM_RESOURCE_PARAMS",
              "env.java.opts.taskmanager",
              Map.of("taskmanager.resource-id", id)));
    }
  }

  /**
   * Kills a live JobManager that has not answered for a long time; returns whether it did. A
   * JobManager that was frozen can stay without leadership forever if ZooKeeper has meanwhile
   * cleaned up the election's empty node.
   */
  private boolean isUnanswered() {
    try {
      rest.get("/overview");
      silentSince = 0;
      answered = true;
    } catch (IOException none) {
      if (!answered) {
        return false; // it is still starting
      }
      if (silentSince == 0) {
        silentSince = System.nanoTime();
      } else if (System.nanoTime() - silentSince > LIVENESS.toNanos()) {
        jobManager.kill();
        return true;
      }
    }
    return false;
  }

  private ServerProcess start(
      String name, String main, String resources, String options, Map<String, String> settings)
      throws IOException {
    int metricPort = Jvm.freePort();
    Map<String, String> all = new TreeMap<>(settings);
    all.put("metrics.reporter.prom.port", Integer.toString(metricPort));
    ServerProcess process =
        new ServerProcess(
            name, home.serverCommand(main, resources, options, all), folder.resolve(name + ".log"));
    metricPorts.put(process, metricPort);
    return process;
  }

  /** The names of the metrics that the processes expose to Prometheus. */
  public Set<String> metricNames() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Map.Entry<ServerProcess, Integer> one : metricPorts.entrySet()) {
      if (one.getKey().isAlive()) {
        names.addAll(metricNames(URI.create("http://localhost:" + one.getValue())));
      }
    }
    return names;
  }

  private static Set<String> metricNames(URI address) throws IOException {
    try (InputStream page = address.toURL().openStream()) {
      return new String(page.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("[{ ]", 2)[0])
          .collect(Collectors.toSet());
    }
  }

  public ServerProcess jobManager() {
    return jobManager;
  }

  /** The TaskManagers that are alive. */
  public List<ServerProcess> taskManagers() {
    return taskManagers.stream().filter(ServerProcess::isAlive).toList();
  }

  /** The TaskManagers that run a job. */
  public List<ServerProcess> taskManagersOf(String job) throws IOException {
    Set<String> used = new TreeSet<>();
    for (JsonNode vertex : rest.get("/jobs/" + job).get("vertices")) {
      JsonNode hosts =
          rest.get("/jobs/" + job + "/vertices/" + vertex.get("id").asText() + "/taskmanagers");
      hosts.get("taskmanagers").forEach(one -> used.add(one.get("taskmanager-id").asText()));
    }
    return taskManagers().stream().filter(process -> used.contains(process.name())).toList();
  }

  /**
   * Submits a job with the command line client.
   *
   * @param savepoint to resume from, or null
   * @return the job's id
   */
  public String submit(Path jar, List<String> jobArguments, int parallelism, String savepoint)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("run", "-d", "-p", Integer.toString(parallelism)));
    if (savepoint != null) {
      arguments.addAll(List.of("-s", savepoint));
    }
    arguments.add(jar.toString());
    arguments.addAll(jobArguments);
    String output =
        home.run("org.apache.flink.client.cli.CliFrontend", List.of("-Xmx256m"), arguments);
    Matcher id = JOB_ID.matcher(output);
    if (!id.find()) {
      throw new IOException("flink run: expected the id of a job, got: " + output);
    }
    return id.group(1);
  }

  @Override
  public void close() {
    taskManagers.forEach(ServerProcess::close);
    if (jobManager != null) {
      jobManager.close();
    }
  }
}
