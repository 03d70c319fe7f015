package io.flinklstm.local.kafka;

import io.flinklstm.jobs.config.KafkaProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options for reaching a broker, shared by the commands that talk to one. */
public final class KafkaClientOptions {

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:9092",
      description = "Address of a Kafka broker. Default: ${DEFAULT-VALUE}.")
  private String bootstrapServer;

  @Option(
      names = "-P",
      paramLabel = "NAME=VALUE",
      description =
          "A property of the Kafka client, for example -P security.protocol=SASL_SSL. Give"
              + " secrets only as $${env:NAME}, $${file:path:name} or $${dir:path:file}. May"
              + " be repeated.")
  private Map<String, String> properties = new LinkedHashMap<>();

  public Map<String, String> properties() {
    properties.forEach((name, value) -> KafkaProperties.refusePlainSecret("-P ", name, value));
    Map<String, String> all = new LinkedHashMap<>(KafkaProperties.withProviders(properties));
    all.put("bootstrap.servers", bootstrapServer);
    return all;
  }
}
