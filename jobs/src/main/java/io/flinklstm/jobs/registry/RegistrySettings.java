package io.flinklstm.jobs.registry;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a schema registry. Secrets are references, which are resolved where and when they
 * are used; none is in here.
 *
 * @param prefix of the options that these settings come from, for messages; with a dot at its end
 * @param urls of the registry's servers, without a slash at the end
 * @param basicAuth user and password with a colon between them, or null for none
 * @param truststore file with the certificates to trust, or null for those of the JVM
 * @param truststorePassword of the file, or null for none
 * @param onFailure what becomes of records whose schema cannot be had
 */
public record RegistrySettings(
    String prefix,
    List<String> urls,
    @Nullable String basicAuth,
    @Nullable String truststore,
    @Nullable String truststorePassword,
    OnFailure onFailure)
    implements Serializable {

  /** What happens when the registry does not answer. */
  public enum OnFailure {
    /** The job fails, and restarts as Flink is configured. */
    FAIL,
    /** Records with unknown schema ids become dead letters. */
    DEAD_LETTER;

    /** The name as users write it in the option. */
    @Override
    public String toString() {
      return this == FAIL ? "fail" : "dead-letter";
    }
  }

  public RegistrySettings {
    urls = List.copyOf(urls);
  }
}
