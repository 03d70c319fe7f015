package io.flinklstm.faults.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The part of Flink's REST interface needed here. A call without an answer fails. */
public final class FlinkRest {

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final String address;

  /**
   * @param address such as http://localhost:8081
   */
  public FlinkRest(String address) {
    this.address = address;
  }

  public JsonNode get(String path) throws IOException {
    return send(request(path).GET().build());
  }

  public JsonNode post(String path, JsonNode body) throws IOException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  /** Cancels a job, without a savepoint. */
  public void cancel(String job) throws IOException {
    send(request("/jobs/" + job).method("PATCH", HttpRequest.BodyPublishers.noBody()).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT);
  }

  private JsonNode send(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new IOException(
            request.uri()
                + ": expected status 2xx, got "
                + response.statusCode()
                + ": "
                + response.body());
      }
      return json.readTree(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(request.uri() + ": interrupted", e);
    }
  }

  public ObjectNode object() {
    return json.createObjectNode();
  }

  /** Uploads a jar. Returns the id to run it with. */
  public String uploadJar(Path jar) throws IOException {
    String boundary = "flink-lstm-jar";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(
        ("--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                + jar.getFileName()
                + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    Files.copy(jar, body);
    body.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    JsonNode answer =
        send(
            request("/jars/upload")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build());
    return Path.of(answer.get("filename").asText()).getFileName().toString();
  }

  /**
   * Runs an uploaded jar.
   *
   * @param savepoint to resume from, or null
   * @return the job's id
   */
  public String runJar(String jar, List<String> arguments, int parallelism, String savepoint)
      throws IOException {
    ObjectNode body = object();
    body.put("parallelism", parallelism);
    arguments.forEach(body.putArray("programArgsList")::add);
    if (savepoint != null) {
      body.put("savepointPath", savepoint);
    }
    return post("/jars/" + jar + "/run", body).get("jobid").asText();
  }

  /** The job's state, such as RUNNING. */
  public String status(String job) throws IOException {
    return get("/jobs/" + job).get("state").asText();
  }

  /** Whether every task of a job is running. */
  public boolean isRunning(String job) throws IOException {
    JsonNode answer = get("/jobs/" + job);
    if (!answer.get("state").asText().equals("RUNNING")) {
      return false;
    }
    for (JsonNode vertex : answer.get("vertices")) {
      if (!vertex.get("status").asText().equals("RUNNING")) {
        return false;
      }
    }
    return true;
  }

  /**
   * The number of checkpoints since the JobManager's start that completed, failed, were restored
   * and so on.
   */
  public long checkpoints(String job, String which) throws IOException {
    return get("/jobs/" + job + "/checkpoints").get("counts").get(which).asLong();
  }

  /** The sums of the job's accumulators. */
  public Map<String, Long> accumulators(String job) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    for (JsonNode one : get("/jobs/" + job + "/accumulators").get("user-task-accumulators")) {
      sums.put(one.get("name").asText(), one.get("value").asLong());
    }
    return sums;
  }

  /**
   * Stops a job with a savepoint.
   *
   * @param format CANONICAL or NATIVE
   * @return the savepoint's location
   */
  public String stop(String job, Path folder, String format) throws IOException {
    ObjectNode body = object();
    body.put("targetDirectory", folder.toUri().toString());
    body.put("drain", false);
    body.put("formatType", format);
    String trigger = post("/jobs/" + job + "/stop", body).get("request-id").asText();
    String path = "/jobs/" + job + "/savepoints/" + trigger;
    Waiting.until(
        "savepoint of job " + job,
        () -> get(path).get("status").get("id").asText().equals("COMPLETED"));
    JsonNode operation = get(path).get("operation");
    if (!operation.hasNonNull("location")) {
      throw new IOException(
          "savepoint of job " + job + ": expected one, got " + firstLine(operation));
    }
    // Flink answers from a cache that is refreshed only every web.refresh-interval.
    Waiting.until("end of job " + job, () -> status(job).equals("FINISHED"));
    return operation.get("location").asText();
  }

  private static String firstLine(JsonNode operation) {
    return operation
        .path("failure-cause")
        .path("stack-trace")
        .asText()
        .lines()
        .findFirst()
        .orElse("");
  }
}
