package io.flinklstm.faults.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A ZooKeeper server from Flink's own jars, which elects the leader among JobManagers. */
public final class ZooKeeperServer implements AutoCloseable {

  private static final String MAIN =
      "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain";
  private static final int TICK_MILLIS = 1000; // the minimum session is twice that

  private final ServerProcess process;
  private final String address;

  public ZooKeeperServer(Path folder, FlinkHome flink) throws IOException {
    Path data = Files.createDirectories(folder.resolve("zookeeper"));
    int port = Jvm.freePort();
    this.address = "localhost:" + port;
    this.process =
        new ServerProcess(
            "ZooKeeper",
            flink.command(
                MAIN,
                List.of("-Xmx128m", "-Dzookeeper.admin.enableServer=false"),
                List.of(
                    Integer.toString(port), data.toString(), Integer.toString(TICK_MILLIS), "60")),
            folder.resolve("zookeeper.log"));
    Waiting.until(
        "ZooKeeper at " + address,
        () -> {
          new Socket(InetAddress.getLoopbackAddress(), port).close();
          return true;
        });
  }

  public String address() {
    return address;
  }

  @Override
  public void close() {
    process.close();
  }
}
