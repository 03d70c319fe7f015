package io.flinklstm.jobs.config;

import io.flinklstm.jobs.record.ValueFormat;
import io.flinklstm.jobs.record.avro.AvroSchemas;
import io.flinklstm.jobs.registry.RegistryException;
import io.flinklstm.jobs.registry.RegistrySettings;
import io.flinklstm.jobs.registry.RegistrySettings.OnFailure;
import io.flinklstm.jobs.registry.SchemaRegistry;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;

/**
 * The schema registries of the source and the sink, which must answer when the job is submitted.
 */
public final class RegistryOptions {

  /** The options of one registry. */
  private record Keys(
      ConfigOption<String> url,
      ConfigOption<String> basicAuth,
      ConfigOption<String> truststore,
      ConfigOption<String> truststorePassword) {

    String prefix() {
      return url.key().substring(0, url.key().length() - "url".length());
    }
  }

  private static final Keys SOURCE =
      new Keys(
          ForecastJobOptions.REGISTRY_URL,
          ForecastJobOptions.REGISTRY_BASIC_AUTH,
          ForecastJobOptions.REGISTRY_TRUSTSTORE,
          ForecastJobOptions.REGISTRY_TRUSTSTORE_PASSWORD);

  private static final Keys SINK =
      new Keys(
          ForecastJobOptions.SINK_REGISTRY_URL,
          ForecastJobOptions.SINK_REGISTRY_BASIC_AUTH,
          ForecastJobOptions.SINK_REGISTRY_TRUSTSTORE,
          ForecastJobOptions.SINK_REGISTRY_TRUSTSTORE_PASSWORD);

  private RegistryOptions() {}

  /**
   * Rejects a plain-text secret, as {@link KafkaProperties} does for Kafka's.
   *
   * @throws JobConfigurationException whose message names the key, never the value
   */
  static void refusePlainSecret(String key, String value) {
    for (Keys keys : List.of(SOURCE, SINK)) {
      if (key.equals(keys.truststorePassword.key())) {
        KafkaProperties.refusePlainText(key, value, "");
      } else if (key.equals(keys.basicAuth.key())) {
        KafkaProperties.refusePlainText(key, value, "[^:]*:");
      } else if (key.equals(keys.url.key()) && value.matches("(?s).*//[^/]*@.*")) {
        throw new JobConfigurationException(
            key
                + ": expected addresses without user and password, which others could read, got"
                + " some with; give them as "
                + keys.basicAuth.key());
      }
    }
  }

  /**
   * The registry with the schemas of the source's records, or null for none.
   *
   * @throws JobConfigurationException if its options are wrong or it does not answer
   */
  static @Nullable RegistrySettings source(ForecastJobConfig config) {
    RegistrySettings settings =
        settings(config, SOURCE, ForecastJobOptions.SOURCE_FORMAT, option -> null);
    if (settings != null) {
      answer(
          settings,
          registry -> {
            registry.check();
            return true;
          });
    }
    return settings;
  }

  /**
   * Registers the schema of the predictions in the sink's registry.
   *
   * @return its id, or null if there is no registry
   * @throws JobConfigurationException if the options are wrong, or the registry does not answer or
   *     refuses the schema
   */
  public static @Nullable Integer registerPredictions(ForecastJobConfig config) {
    boolean isSources =
        config.getOrNull(SOURCE.url) != null
            && config.get(SOURCE.url).equals(config.getOrNull(SINK.url));
    RegistrySettings settings =
        settings(
            config,
            SINK,
            ForecastJobOptions.SINK_FORMAT,
            isSources ? config::getOrNull : option -> null);
    String subject = config.get(ForecastJobOptions.SINK_TOPIC) + "-value";
    return settings == null
        ? null
        : answer(settings, registry -> registry.register(subject, AvroSchemas.ofPredictions()));
  }

  private static <T> T answer(RegistrySettings settings, Function<SchemaRegistry, T> question) {
    try {
      return question.apply(new SchemaRegistry(settings));
    } catch (RegistryException e) {
      throw new JobConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * @param shared the value of a source's option where the sink's is not set
   */
  private static @Nullable RegistrySettings settings(
      ForecastJobConfig config,
      Keys keys,
      ConfigOption<ValueFormat> format,
      Function<ConfigOption<String>, @Nullable String> shared) {
    String urls = config.getOrNull(keys.url);
    if (urls == null) {
      for (ConfigOption<String> option :
          List.of(keys.basicAuth, keys.truststore, keys.truststorePassword)) {
        if (config.getOrNull(option) != null) {
          throw new JobConfigurationException(
              option.key() + ": expected it with " + keys.url.key() + ", got it alone");
        }
      }
      return null;
    }
    if (config.get(format) != ValueFormat.AVRO) {
      throw new JobConfigurationException(
          keys.url.key()
              + ": expected it only with "
              + format.key()
              + " avro, got "
              + config.get(format).name().toLowerCase(Locale.ROOT));
    }
    return new RegistrySettings(
        keys.prefix(),
        Arrays.stream(urls.split(",")).map(url -> url(keys.url.key(), url.strip())).toList(),
        orElse(config.getOrNull(keys.basicAuth), shared.apply(SOURCE.basicAuth)),
        orElse(config.getOrNull(keys.truststore), shared.apply(SOURCE.truststore)),
        orElse(config.getOrNull(keys.truststorePassword), shared.apply(SOURCE.truststorePassword)),
        keys == SOURCE ? config.get(ForecastJobOptions.REGISTRY_ON_FAILURE) : OnFailure.FAIL);
  }

  private static @Nullable String orElse(@Nullable String value, @Nullable String other) {
    return value == null ? other : value;
  }

  private static String url(String key, String url) {
    try {
      URI uri = URI.create(url);
      if (Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
          && uri.getHost() != null
          && uri.getQuery() == null
          && uri.getFragment() == null) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
      }
    } catch (IllegalArgumentException invalid) {
      // The message says what is expected.
    }
    throw new JobConfigurationException(
        key + ": expected addresses such as https://registry:8081, got " + url);
  }
}
