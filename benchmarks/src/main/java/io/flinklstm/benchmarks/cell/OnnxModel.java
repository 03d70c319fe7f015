package io.flinklstm.benchmarks.cell;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An ONNX model of one step and the head. Inputs are x and every layer's h and c; outputs are y and
 * the next h and c. The weights are the library's, with the gates in ONNX's order.
 */
final class OnnxModel {

  static final String X = "x";
  static final String Y = "y";
  static final String H = "h";
  static final String C = "c";
  static final String H_NEXT = "h_next";
  static final String C_NEXT = "c_next";

  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 14;

  /** ONNX has i,o,f,c where PyTorch has i,f,g,o. */
  private static final int[] GATES = {0, 3, 1, 2};

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("lstm-step");
  private final LstmConfig config;

  private OnnxModel(LstmConfig config) {
    this.config = config;
  }

  /** The model as the bytes of an .onnx file. */
  static byte[] of(LstmWeights weights) {
    OnnxModel model = new OnnxModel(weights.config());
    for (int l = 0; l < weights.layers().size(); l++) {
      model.addLayer(l, weights.layers().get(l));
    }
    model.addHead(weights);
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
        .setGraph(model.graph)
        .build()
        .toByteArray();
  }

  private void addLayer(int l, LstmWeights.Layer layer) {
    int inputSize = config.layerInputSize(l);
    int hiddenSize = config.hiddenSize();
    String w = constant("W" + l, gates(layer.weightIh(), inputSize), 1, 4 * hiddenSize, inputSize);
    String r =
        constant("R" + l, gates(layer.weightHh(), hiddenSize), 1, 4 * hiddenSize, hiddenSize);
    float[] bias = new float[8 * hiddenSize];
    System.arraycopy(gates(layer.biasIh(), 1), 0, bias, 0, 4 * hiddenSize);
    System.arraycopy(gates(layer.biasHh(), 1), 0, bias, 4 * hiddenSize, 4 * hiddenSize);
    String b = constant("B" + l, bias, 1, 8 * hiddenSize);
    String below = l == 0 ? X : H_NEXT + (l - 1);
    if (l == 0) {
      graph.addInput(value(X, inputSize));
    }
    graph.addInput(value(H + l, hiddenSize)).addInput(value(C + l, hiddenSize));
    graph.addOutput(value(H_NEXT + l, hiddenSize)).addOutput(value(C_NEXT + l, hiddenSize));
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("LSTM")
            .addAllInput(List.of(below, w, r, b, "", H + l, C + l)) // no sequence lengths
            .addAllOutput(List.of("", H_NEXT + l, C_NEXT + l)) // not h of every step
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("hidden_size")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(hiddenSize)));
  }

  private void addHead(LstmWeights weights) {
    String v = constant("V", weights.headWeight(), config.hiddenSize(), 1);
    String d = constant("d", weights.headBias(), 1);
    String h = H_NEXT + (config.numLayers() - 1);
    graph.addNode(node("MatMul", List.of(h, v), "Vh"));
    graph.addNode(node("Add", List.of("Vh", d), Y));
    graph.addOutput(value(Y, 1));
  }

  private static NodeProto node(String operator, List<String> inputs, String output) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output).build();
  }

  /** The rows of a weight or bias, with the gates in ONNX's order. */
  private float[] gates(float[] rows, int columns) {
    int length = config.hiddenSize() * columns;
    float[] ordered = new float[rows.length];
    for (int gate = 0; gate < GATES.length; gate++) {
      System.arraycopy(rows, GATES[gate] * length, ordered, gate * length, length);
    }
    return ordered;
  }

  private String constant(String name, float[] values, int... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .setRawData(ByteString.copyFrom(bytes));
    for (int size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /** A float tensor (1, 1, size): one step, one sequence. */
  private static ValueInfoProto value(String name, int size) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int length : new int[] {1, 1, size}) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(shape)))
        .build();
  }
}
