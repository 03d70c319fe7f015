package io.flinklstm.jobs.registry;

import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Replaces references such as {@code ${env:NAME}} by the secrets, as Kafka's clients do in theirs.
 */
final class SecretReference {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}]*?:[^}]*?}");

  private SecretReference() {}

  /**
   * The text with every reference replaced.
   *
   * @param option that has the text
   * @throws RegistryException if a reference leads nowhere; its message shows the text, never a
   *     secret
   */
  static String resolve(String option, String text) {
    Map<String, ConfigProvider> providers =
        Map.of(
            "env", new EnvVarConfigProvider(),
            "file", new FileConfigProvider(),
            "dir", new DirectoryConfigProvider());
    providers.values().forEach(provider -> provider.configure(Map.of()));
    String resolved;
    try {
      resolved =
          new ConfigTransformer(providers).transform(Map.of(option, text)).data().get(option);
    } catch (ConfigException e) {
      throw new RegistryException(
          option + ": expected to resolve " + text + ", got: " + e.getMessage(), e);
    }
    if (resolved == null || resolved.equals(text) && REFERENCE.matcher(text).find()) {
      throw new RegistryException(option + ": expected to resolve " + text + ", got nothing");
    }
    return resolved;
  }
}
