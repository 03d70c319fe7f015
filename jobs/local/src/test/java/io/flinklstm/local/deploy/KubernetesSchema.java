package io.flinklstm.local.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The schema of a FlinkDeployment, from the Flink Kubernetes operator. Strict: a field that it does
 * not name is an error, whereas Kubernetes itself would drop it with only a warning.
 */
final class KubernetesSchema {

  private static final String CRD = "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";

  private final Map<?, ?> root;

  private KubernetesSchema(Map<?, ?> root) {
    this.root = root;
  }

  static KubernetesSchema ofFlinkDeployment() throws IOException {
    try (InputStream in = KubernetesSchema.class.getClassLoader().getResourceAsStream(CRD)) {
      Map<?, ?> crd = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
      Map<?, ?> version = (Map<?, ?>) ((List<?>) at(crd, "spec").get("versions")).get(0);
      return new KubernetesSchema(at(at(version, "schema"), "openAPIV3Schema"));
    }
  }

  private static Map<?, ?> at(Map<?, ?> map, String key) {
    return (Map<?, ?>) map.get(key);
  }

  /** The problems of a document, each with its path. */
  List<String> problems(Object document) {
    List<String> problems = new ArrayList<>();
    check("", root, document, problems);
    return problems;
  }

  private static void check(String path, Map<?, ?> schema, Object value, List<String> problems) {
    if (Boolean.TRUE.equals(schema.get("x-kubernetes-int-or-string"))) {
      return;
    }
    boolean typed =
        switch (String.valueOf(schema.get("type"))) {
          case "object" -> value instanceof Map;
          case "array" -> value instanceof List;
          case "string" -> value instanceof String;
          case "boolean" -> value instanceof Boolean;
          case "integer" -> value instanceof Integer || value instanceof Long;
          case "number" -> value instanceof Number;
          default -> true;
        };
    List<?> allowed = (List<?>) schema.get("enum");
    if (!typed || allowed != null && !allowed.contains(value)) {
      problems.add(
          path
              + ": expected "
              + (allowed == null ? schema.get("type") : allowed)
              + ", got "
              + value);
    } else if (value instanceof List<?> list) {
      for (int k = 0; k < list.size(); k++) {
        check(path + "[" + k + "]", at(schema, "items"), list.get(k), problems);
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, field) -> checkField(path + "." + key, schema, key, field, problems));
    }
  }

  private static void checkField(
      String path, Map<?, ?> schema, Object key, Object value, List<String> problems) {
    Map<?, ?> properties = at(schema, "properties");
    if (properties != null && properties.containsKey(key)) {
      check(path, (Map<?, ?>) properties.get(key), value, problems);
    } else if (schema.get("additionalProperties") instanceof Map<?, ?> additional) {
      check(path, additional, value, problems);
    } else if (properties != null) {
      problems.add(path + ": expected one of " + properties.keySet() + ", got " + key);
    }
  }
}
