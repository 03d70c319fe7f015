package io.flinklstm.local.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;
import org.apache.logging.log4j.core.config.xml.XmlConfigurationFactory;
import org.junit.jupiter.api.Test;

/** Checks the logging example in config/, which the cluster reads, and that of the commands. */
class ClusterLoggingTest {

  @Test
  void exampleSetsTheLevelsItExplains() {
    Path file = Path.of("..", "..", "config", "log4j.properties");
    Configuration configuration =
        new PropertiesConfigurationFactory()
            .getConfiguration(new LoggerContext("test"), ConfigurationSource.fromUri(file.toUri()));
    configuration.initialize();
    assertThat(configuration.getAppenders()).containsOnlyKeys("Console");
    assertThat(level(configuration, "org.apache.flink.runtime.X")).isEqualTo(Level.INFO);
    assertThat(level(configuration, "io.flinklstm.stream.X")).isEqualTo(Level.INFO);
    assertThat(level(configuration, AbstractConfig.class.getName())).isEqualTo(Level.WARN);
    assertThat(level(configuration, MetricGroup.class.getName())).isEqualTo(Level.ERROR);
  }

  @Test
  void commandsShowTheJobsWarnings() throws Exception {
    URI file = Path.of("src", "main", "resources", "log4j2.xml").toUri();
    Configuration configuration =
        new XmlConfigurationFactory()
            .getConfiguration(new LoggerContext("test"), ConfigurationSource.fromUri(file));
    configuration.initialize();
    assertThat(level(configuration, "io.flinklstm.jobs.ClockCheck")).isEqualTo(Level.WARN);
    assertThat(level(configuration, "org.apache.flink.runtime.X")).isEqualTo(Level.ERROR);
  }

  private static Level level(Configuration configuration, String logger) {
    return configuration.getLoggerConfig(logger).getLevel();
  }
}
