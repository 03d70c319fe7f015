package io.flinklstm.faults.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.faults.process.KafkaSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the search finds a written secret; the campaigns test that the job writes none. */
class SecretSearchTest {

  @TempDir private Path folder;

  @Test
  void findsEachSecretButWhereItIsKept() throws Exception {
    KafkaSecurity security = new KafkaSecurity(folder);
    SecretSearch search = new SecretSearch(security);
    Files.writeString(folder.resolve("harmless.log"), "all is well");
    assertThat(search.inFiles(folder)).isEmpty();
    for (String secret : security.secrets()) {
      Path log = Files.writeString(folder.resolve("job.log"), "password=" + secret + ";");
      assertThat(search.inFiles(folder)).containsExactly(log.toString());
    }
  }
}
