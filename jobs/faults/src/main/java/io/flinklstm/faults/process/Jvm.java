package io.flinklstm.faults.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines and free ports for JVMs. */
public final class Jvm {

  /** The options that the start scripts of Flink and Kafka pass on JDK 17 and newer. */
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
   * @param temporary the JVM's folder for temporary files
   * @param options in addition to those of every JVM
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
