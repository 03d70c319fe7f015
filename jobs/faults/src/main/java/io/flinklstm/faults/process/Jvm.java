package io.flinklstm.faults.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines of JVMs, and free ports for them. */
public final class Jvm {

  /** What the start scripts of Flink and Kafka pass on JDK 17 and newer. */
  private static final List<String> OPTIONS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:+ExitOnOutOfMemoryError");

  private Jvm() {}

  /**
   * @param temporary the folder for its temporary files
   * @param options beside those that every JVM gets
   */
  public static List<String> command(
      String classPath, Path temporary, List<String> options, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(main);
    command.addAll(arguments);
    return command;
  }

  /** The class path of this JVM. */
  public static String classPath() {
    return System.getProperty("java.class.path");
  }

  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
