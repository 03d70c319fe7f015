package io.flinklstm.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.local.testing.LocalKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerTopicsITCase {

  @TempDir private Path folder;

  @Test
  void createsTheTopicsThatAreNotThere() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder, 3);
        BrokerTopics topics =
            new BrokerTopics(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      List<String> wanted = List.of("trades", LocalKafka.TICKS, "trades.late");
      assertThat(topics.createMissing(wanted)).containsExactly("trades", "trades.late");
      assertThat(topics.createMissing(wanted)).isEmpty();
      assertThat(topics.find("trades").partitions()).isEqualTo(1);
      assertThat(topics.find(LocalKafka.TICKS).partitions()).isEqualTo(3);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> topics.createMissing(List.of("no topic")))
          .withMessageStartingWith("topic no topic: expected to create it, got: ");
    }
  }
}
