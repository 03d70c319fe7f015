package io.flinklstm.format;

import io.flinklstm.annotation.PublicEvolving;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Extra input that some model files need.
 *
 * @param kerasConfig config.json of a Keras model whose file holds weights only, or null. Not
 *     modified
 * @param onnxInputs values of an ONNX model's graph inputs that are weights, by name, each a
 *     serialized TensorProto. Not modified
 * @param drop names of tensors in a safetensors file that the forecast does not depend on
 */
@PublicEvolving
public record ReadOptions(
    byte @Nullable [] kerasConfig, Map<String, byte[]> onnxInputs, Set<String> drop) {

  /** No options. */
  public static final ReadOptions NONE = new ReadOptions(null, Map.of(), Set.of());

  public ReadOptions {
    onnxInputs = Map.copyOf(onnxInputs);
    drop = Set.copyOf(drop);
  }
}
