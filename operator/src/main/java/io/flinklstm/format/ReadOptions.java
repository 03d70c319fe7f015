package io.flinklstm.format;

import io.flinklstm.annotation.PublicEvolving;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What some model files need beside themselves.
 *
 * @param kerasConfig config.json of a Keras model whose file holds weights only, or null. Not
 *     modified
 * @param onnxInputs graph inputs of an ONNX model that are weights, by name: a serialized
 *     TensorProto each. Not modified
 * @param drop names of tensors in a safetensors file that the forecast does not depend on
 */
@PublicEvolving
public record ReadOptions(
    byte @Nullable [] kerasConfig, Map<String, byte[]> onnxInputs, Set<String> drop) {

  /** Nothing beside the file. */
  public static final ReadOptions NONE = new ReadOptions(null, Map.of(), Set.of());

  public ReadOptions {
    onnxInputs = Map.copyOf(onnxInputs);
    drop = Set.copyOf(drop);
  }
}
