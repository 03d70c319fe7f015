package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.local.testing.CapturedLog;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker's limit for transactions means for a job that is submitted. */
class TransactionTimeoutITCase {

  private static final String JOBS = "io.flinklstm.jobs";

  @TempDir private Path folder;

  @Test
  void aTimeoutAboveTheBrokersLimitStopsTheJobBeforeTheFirstEvent() throws Exception {
    Map<String, String> limit = Map.of("transaction.max.timeout.ms", "600000");
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1, limit);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      assertThatThrownBy(() -> submit(kafka, null, "900000"))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessage(
              "lstm.kafka.properties.transaction.timeout.ms: expected at most the broker's"
                  + " transaction.max.timeout.ms of 600000, got 900000; lower the one or raise the"
                  + " other");
      try (CapturedLog log = new CapturedLog(JOBS)) {
        submit(kafka, cluster, "600000");
        assertThat(log.messages())
            .filteredOn(message -> message.contains("transaction"))
            .containsExactly(
                "lstm.kafka.properties.transaction.timeout.ms: expected at least the checkpoint"
                    + " interval of PT0.3S and the checkpoint timeout of PT10M together, got"
                    + " PT10M; a slow checkpoint, or a failure and a restart, can lose output."
                    + " Lengthen it, or shorten execution.checkpointing.timeout");
      }
    }
  }

  @Test
  void warnsWhenItMayNotReadTheLimit() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1, LocalKafka.AUTHORIZER);
        MiniCluster cluster = LocalFlink.cluster(folder);
        CapturedLog log = new CapturedLog(JOBS)) {
      allowAllButDescribeConfigs(kafka);
      submit(kafka, cluster, "900000");
      assertThat(log.messages())
          .filteredOn(message -> message.contains("transaction"))
          .singleElement()
          .asString()
          .contains("transaction.max.timeout.ms", "DescribeConfigs on the cluster");
    }
  }

  private void submit(LocalKafka kafka, MiniCluster cluster, String timeoutMs) throws Exception {
    LocalFlink.submit(
        folder,
        cluster,
        kafka,
        "exactly-once",
        Map.of(),
        "--lstm.kafka.properties.transaction.timeout.ms=" + timeoutMs);
  }

  private static void allowAllButDescribeConfigs(LocalKafka kafka) throws Exception {
    ResourcePattern cluster =
        new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL);
    List<AclBinding> bindings =
        Stream.of(
                AclOperation.ALTER,
                AclOperation.CLUSTER_ACTION,
                AclOperation.CREATE,
                AclOperation.DESCRIBE,
                AclOperation.IDEMPOTENT_WRITE)
            .map(
                operation ->
                    new AccessControlEntry("User:*", "*", operation, AclPermissionType.ALLOW))
            .map(entry -> new AclBinding(cluster, entry))
            .toList();
    try (Admin admin = kafka.admin()) {
      admin.createAcls(bindings).all().get();
    }
  }
}
