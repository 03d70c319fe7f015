package io.flinklstm.local.deploy;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/** The keys of the Flink options that only a deployment sets. */
final class FlinkOptions {

  private FlinkOptions() {}

  static Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    for (Class<?> options :
        List.of(
            CoreOptions.class,
            HighAvailabilityOptions.class,
            JobManagerOptions.class,
            TaskManagerOptions.class)) {
      for (Field field : options.getFields()) {
        if (field.getType() == ConfigOption.class) {
          try {
            keys.add(((ConfigOption<?>) field.get(null)).key());
          } catch (IllegalAccessException e) {
            throw new AssertionError(field + " is public", e);
          }
        }
      }
    }
    return keys;
  }
}
