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
 * Properties of Kafka clients, with secrets given as references such as {@code ${env:NAME}}, {@code
 * ${file:path:name}} and {@code ${dir:path:file}}. The clients resolve them where they run, so no
 * secret travels with the job or reaches a log.
 */
public final class KafkaProperties {

  /** The keys that Kafka declares as passwords and hides in its own logs. */
  private static final Set<String> SECRET_KEYS = new TreeSet<>();

  static {
    Stream.of(AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef())
        .flatMap(definition -> definition.configKeys().values().stream())
        .filter(key -> key.type() == ConfigDef.Type.PASSWORD)
        .forEach(key -> SECRET_KEYS.add(key.name));
    // Declared as a password only because it is long; the trusted certificates are public.
    SECRET_KEYS.remove(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG);
  }

  private static final String REFERENCES =
      "${env:NAME}, ${file:/path/file.properties:name} or ${dir:/path:file}";

  /** References as the clients recognise them. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}]*?:[^}]*?}");

  /** An option of a login module, quoted or not. */
  private static final Pattern JAAS_OPTION =
      Pattern.compile("([\\w.-]+)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"?|'[^']*'?|[^\\s;]*)");

  /** Names of JAAS options that hold a secret; {@code user_NAME} is that user's password. */
  private static final Pattern JAAS_SECRET =
      Pattern.compile("(?i).*(pass|secret|apikey|api[._-]key).*|user_.*");

  /** A switch, such as Kerberos's {@code useFirstPass=true}. */
  private static final Pattern JAAS_SWITCH = Pattern.compile("(?i)[\"']?(true|false)[\"']?");

  private KafkaProperties() {}

  /**
   * Adds the providers that resolve references; the given properties may override them.
   *
   * @param properties as the user set them, without prefix
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
   * Rejects a plain-text secret: Flink would store it in the job graph, and everyone on the machine
   * can see the arguments of a process.
   *
   * @param prefix of the key as the user wrote it
   * @throws JobConfigurationException whose message names the key, never the value
   */
  public static void refusePlainSecret(String prefix, String key, String value) {
    if (!SECRET_KEYS.contains(key) || value.isBlank()) {
      return;
    }
    if (key.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
      refusePlainJaasSecret(prefix + key, value);
    } else if (!isReference(value)) {
      throw plain(prefix + key, REFERENCES);
    }
  }

  /**
   * Rejects a text that is not one reference.
   *
   * @param before pattern of what may precede the reference
   * @throws JobConfigurationException whose message names the key, never the value
   */
  static void refusePlainText(String key, String value, String before) {
    if (!value.isBlank() && !value.matches("(" + before + ")?" + REFERENCE.pattern())) {
      throw plain(key, REFERENCES);
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
            + " in the process list and in Flink's storage; write "
            + cure);
  }
}
