package io.flinklstm.format.onnx;

import io.flinklstm.format.weights.ModelFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The supported operators: an LSTM, whole or written out, linear layers, and those that only move
 * elements or compute with constants. Any other operator between an input and an output is refused
 * by name.
 */
final class OnnxOperators {

  private OnnxOperators() {}

  /**
   * The outputs of a node.
   *
   * @throws ModelFileException naming the node if it is not understood
   */
  static List<OnnxValue> apply(OnnxNode node) {
    return switch (node.operator()) {
      case "LSTM" -> OnnxLstm.apply(node);
      case "Gemm" -> List.of(OnnxLinear.gemm(node));
      case "MatMul" -> List.of(OnnxLinear.matMul(node));
      case "Add", "Sub", "Mul", "Div" -> List.of(arithmetic(node));
      case "Sigmoid", "Tanh" -> List.of(OnnxCell.apply(node));
      case "Min", "Max", "Mod", "Equal", "Less", "Greater", "And", "Or" ->
          List.of(OnnxConstants.binary(constant(node)));
      case "Neg" ->
          List.of(
              node.input(0).isConstant()
                  ? OnnxConstants.unary(node)
                  : OnnxLinear.negated(node, node.input(0)));
      case "Abs", "Not", "Floor", "Ceil", "Sqrt" -> List.of(OnnxConstants.unary(constant(node)));
      case "Where" -> List.of(OnnxConstants.where(node));
      case "Range" -> List.of(OnnxConstants.range(constant(node)));
      case "ReduceProd" -> List.of(OnnxConstants.product(constant(node)));
      case "Constant" -> List.of(OnnxConstants.constant(node));
      case "ConstantOfShape" -> List.of(OnnxConstants.constantOfShape(node));
      case "Cast" -> List.of(OnnxConstants.cast(node));
      case "Shape" -> List.of(OnnxMoves.shape(node));
      case "Size" -> List.of(OnnxValue.integers(node.input(0).size()).reshaped());
      case "Identity" -> List.of(node.input(0));
      case "Dropout" -> OnnxMoves.dropout(node);
      case "Transpose" -> List.of(OnnxMoves.transpose(node));
      case "Squeeze" -> List.of(OnnxMoves.squeeze(node));
      case "Unsqueeze" -> List.of(OnnxMoves.unsqueeze(node));
      case "Reshape" -> List.of(OnnxMoves.reshape(node));
      case "Flatten" -> List.of(OnnxMoves.flatten(node));
      case "Expand" -> List.of(OnnxMoves.expand(node));
      case "Tile" -> List.of(OnnxMoves.tile(node));
      case "Concat" -> List.of(OnnxMoves.concat(node));
      case "Split" -> OnnxMoves.split(node);
      case "Slice" -> List.of(OnnxMoves.slice(node));
      case "Gather" -> List.of(OnnxMoves.gather(node));
      case "GatherND" -> List.of(OnnxMoves.gatherNd(node));
      default -> throw notUnderstood(node);
    };
  }

  private static OnnxValue arithmetic(OnnxNode node) {
    boolean isConstant = node.input(0).isConstant();
    if (isConstant && node.input(1).isConstant()) {
      return OnnxConstants.binary(node);
    }
    return isConstant || node.input(1).isConstant() ? OnnxLinear.scale(node) : OnnxCell.apply(node);
  }

  private static OnnxNode constant(OnnxNode node) {
    for (int k = 0; k < node.inputCount(); k++) {
      OnnxValue input = node.optional(k);
      if (input != null && !input.isConstant()) {
        throw notUnderstood(node);
      }
    }
    return node;
  }

  /** The error for an operator that has no place between input and output, with a cure. */
  static ModelFileException notUnderstood(OnnxNode node) {
    OnnxValue of = null;
    for (int k = 0; k < node.inputCount() && of == null; k++) {
      OnnxValue input = node.optional(k);
      of = input == null || input.isConstant() || input.size() == 0 ? null : input;
    }
    OnnxSignal signal = of == null ? null : node.trace().signal(of.elements()[0]);
    return node.refused(
        "expected an LSTM or linear layer, or an operator that moves elements or folds constants,"
            + " got "
            + node.operator()
            + (of == null ? "" : " of " + node.describe(of))
            + cure(node.operator(), signal));
  }

  private static String cure(String operator, @Nullable OnnxSignal of) {
    return switch (operator) {
      case "If", "Loop", "Scan", "SequenceMap" ->
          " (control flow); export the model for inference, without branches and loops";
      case "GRU", "RNN" -> "; only LSTM layers are supported";
      default ->
          of instanceof OnnxSignal.Input
              ? "; preprocessing of inputs belongs in the model card (mean, std, transform)"
              : of instanceof OnnxSignal.Linear ? "; the output must be linear in h" : "";
    };
  }
}
