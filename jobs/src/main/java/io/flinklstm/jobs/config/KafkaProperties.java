package io.flinklstm.jobs.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * The properties of Kafka clients, whose secrets are references such as {@code ${env:NAME}}, {@code
 * ${file:path:name}} and {@code ${dir:path:file}}. The clients resolve them where they run, so that
 * no secret travels with the job or reaches a log.
 */
public final class KafkaProperties {

  /** What Kafka types as a password; it tells them from the rest, and hides them in its logs. */
  private static final Set<String> SECRET_KEYS = new TreeSet<>();

  static {
    Stream.of(AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef())
        .flatMap(definition -> definition.configKeys().values().stream())
        .filter(key -> key.type() == ConfigDef.Type.PASSWORD)
        .forEach(key -> SECRET_KEYS.add(key.name));
    // Typed as one for its length; whom a client trusts is public.
    SECRET_KEYS.remove(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG);
  }

  /** As the clients find them. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}]*?:[^}]*?}");

  /** An option of a login module, quoted or not. */
  private static final Pattern JAAS_OPTION =
      Pattern.compile("([\\w.-]+)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"?|'[^']*'?|[^\\s;]*)");

  /** The names of those that hold a secret, {@code user_NAME} being a password of its user. */
  private static final Pattern JAAS_SECRET =
      Pattern.compile("(?i).*(pass|secret|apikey|api[._-]key).*|user_.*");

  /** A switch such as {@code useFirstPass=true} of Kerberos. */
  private static final Pattern JAAS_SWITCH = Pattern.compile("(?i)[\"']?(true|false)[\"']?");

  private KafkaProperties() {}

  /**
   * The properties with the providers that resolve references, which they may replace.
   *
   * @param properties as they were given, without prefix
   */
  public static Map<String, String> withProviders(Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("config.providers", "env,file,dir");
    all.put("config.providers.env.class", EnvVarConfigProvider.class.getName());
    all.put("config.providers.file.class", FileConfigProvider.class.getName());
    all.put("config.providers.dir.class", DirectoryConfigProvider.class.getName());
    all.putAll(properties);
    return all;
  }

  /**
   * Refuses a secret that stands there in the clear: Flink would keep it in the job graph, and
   * everyone on the machine sees the arguments of a process.
   *
   * @param prefix under which the user wrote the key
   * @throws JobConfigurationException that names the key, never the value
   */
  public static void refusePlainSecret(String prefix, String key, String value) {
    if (!SECRET_KEYS.contains(key) || value.isBlank()) {
      return;
    }
    if (key.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
      refusePlainJaasSecret(prefix + key, value);
    } else if (!isReference(value)) {
      throw plain(
          prefix + key, "${env:NAME}, ${file:/path/file.properties:name} or ${dir:/path:file}");
    }
  }

  private static void refusePlainJaasSecret(String key, String value) {
    Matcher option = JAAS_OPTION.matcher(value);
    while (option.find()) {
      String name = option.group(1);
      String text = option.group(2);
      if (JAAS_SECRET.matcher(name).matches()
          && !isReference(text)
          && !JAAS_SWITCH.matcher(text).matches()) {
        throw plain(
            key + ", its " + name,
            name
                + "=\"${env:NAME}\", "
                + name
                + "=\"${file:/path/file.properties:name}\" or "
                + name
                + "=\"${dir:/path:file}\"");
      }
    }
  }

  private static boolean isReference(String value) {
    return REFERENCE.matcher(value).find();
  }

  private static JobConfigurationException plain(String what, String cure) {
    return new JobConfigurationException(
        what
            + ": expected a reference to a secret, got the secret itself, which others could read"
            + " in the list of processes and in what Flink stores; write "
            + cure);
  }
}
