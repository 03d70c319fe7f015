package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.GateOrder;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.WeightsBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads ONNX files: LSTM layers and a linear layer, in the one-step form (h and c in, h and c out)
 * or over a sequence, with whatever glue an exporter adds in between. The generated protobuf
 * classes are Tribuo's; {@link OnnxSizes} and {@link OnnxTrace} find what a graph computes.
 */
public final class OnnxReader {

  /**
   * Before opset 7, operators broadcast by other rules; opsets after the last are not known yet.
   */
  private static final int MIN_OPSET = 7;

  private static final int MAX_OPSET = 28;

  private static final int MAX_NESTING = 32;

  private final String fileName;
  private final ModelProto model;
  private final GraphProto graph;
  private final long opset;
  private final Map<String, TensorProto> constants = new HashMap<>();

  private OnnxReader(byte[] file, String fileName, Map<String, byte[]> inputs) {
    this.fileName = fileName;
    this.model = parse(file);
    this.graph = model.getGraph();
    this.opset = opset();
    checkModel();
    inputs.forEach(this::addConstant);
  }

  /**
   * Reads a file.
   *
   * @param inputs values of graph inputs that are weights, by name, each a serialized TensorProto
   * @throws ModelFileException naming what is not understood
   */
  public static ModelFile read(byte[] file, String fileName, Map<String, byte[]> inputs) {
    try {
      OnnxReader reader = new OnnxReader(file, fileName, inputs);
      return reader.result(reader.sizes(file.length).forecast());
    } catch (ArithmeticException overflow) {
      throw new ModelFileException(
          "ONNX file " + fileName + ": expected tensors of fewer than 2^31 numbers, got more",
          overflow);
    }
  }

  private ModelProto parse(byte[] file) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(file);
      in.setRecursionLimit(MAX_NESTING);
      ModelProto parsed = ModelProto.parseFrom(in);
      in.checkLastTagWas(0);
      return parsed;
    } catch (IOException e) {
      throw refused("expected an ONNX model, got: " + e.getMessage());
    }
  }

  private long opset() {
    long opset = 0;
    for (OperatorSetIdProto imported : model.getOpsetImportList()) {
      if (imported.getDomain().isEmpty() || imported.getDomain().equals("ai.onnx")) {
        opset = imported.getVersion();
      }
    }
    if (!model.hasGraph()) {
      throw refused("expected a graph, got none");
    }
    if (opset < MIN_OPSET || opset > MAX_OPSET) {
      throw refused("expected opset " + MIN_OPSET + " to " + MAX_OPSET + ", got " + opset);
    }
    return opset;
  }

  private void checkModel() {
    if (model.getFunctionsCount() > 0) {
      throw refused(
          "expected no functions, got "
              + Excerpt.name(model.getFunctions(0).getName())
              + "; inline them (onnx.inliner.inline_local_functions)");
    }
    if (model.getTrainingInfoCount() > 0) {
      throw refused("expected a model for inference, got training information");
    }
    if (graph.getSparseInitializerCount() > 0) {
      throw refused("expected dense weights, got a sparse initializer");
    }
    if (graph.getQuantizationAnnotationCount() > 0) {
      throw refused("expected floating-point weights, got quantization");
    }
  }

  private void addConstant(String name, byte[] tensor) {
    if (graph.getInputList().stream().noneMatch(input -> input.getName().equals(name))) {
      throw refused(
          "expected input "
              + name
              + " among "
              + Excerpt.list(graph.getInputList().stream().map(ValueInfoProto::getName).toList())
              + ", got none of that name");
    }
    constants.put(name, OnnxTensors.parse(tensor, name));
  }

  private OnnxSizes sizes(int fileLength) {
    return new OnnxSizes(graph, opset, constants, new OnnxBudget(fileLength), fileName);
  }

  private ModelFile result(OnnxForecast forecast) {
    List<String> notes = new ArrayList<>(forecast.notes());
    WeightsBuilder weights = forecast.weights();
    notes.addAll(weights.notes());
    return new ModelFile(
        fileName,
        format(),
        GateOrder.ONNX.letters(),
        forecast.steps(),
        weights.build(),
        null,
        null,
        notes,
        List.of());
  }

  private String format() {
    String producer = (model.getProducerName() + " " + model.getProducerVersion()).strip();
    return "ONNX, opset " + opset + (producer.isEmpty() ? "" : ", " + Excerpt.name(producer));
  }

  private ModelFileException refused(String message) {
    return new ModelFileException("ONNX file " + fileName + ": " + message);
  }
}
