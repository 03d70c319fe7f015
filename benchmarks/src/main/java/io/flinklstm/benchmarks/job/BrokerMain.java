package io.flinklstm.benchmarks.job;

import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.local.embedded.EmbeddedBroker;
import java.nio.file.Path;

/** The Kafka broker's JVM: prints the address and runs until its parent ends it. */
final class BrokerMain {

  static final String READY = "READY ";

  private BrokerMain() {}

  public static void main(String[] arguments) throws Exception {
    EmbeddedBroker broker = new EmbeddedBroker(Path.of(arguments[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop broker"));
    ChildJvm.endWithParent();
    System.out.println(READY + broker.bootstrapServers());
    Thread.currentThread().join();
  }
}
