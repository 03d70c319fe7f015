package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One node of an ONNX graph with the values of its inputs. The code that computes it reads each
 * attribute that it knows; attributes that are never read are refused by name.
 */
final class OnnxNode {

  private final NodeProto proto;
  private final List<@Nullable OnnxValue> inputs; // null where an optional input is left out
  private final Map<String, AttributeProto> attributes = new LinkedHashMap<>(); // not read yet
  private final long opset;
  private final OnnxTrace trace;

  OnnxNode(NodeProto proto, List<@Nullable OnnxValue> inputs, long opset, OnnxTrace trace) {
    this.proto = proto;
    this.inputs = inputs;
    this.opset = opset;
    this.trace = trace;
    for (AttributeProto attribute : proto.getAttributeList()) {
      if (attributes.put(attribute.getName(), attribute) != null) {
        throw refused("expected every attribute once, got " + attribute.getName() + " twice");
      }
    }
  }

  String operator() {
    return proto.getOpType();
  }

  /** Its name in messages: its own, or that of its first output. */
  String name() {
    String name = proto.getName();
    for (int k = 0; k < proto.getOutputCount() && name.isEmpty(); k++) {
      name = proto.getOutput(k);
    }
    return Excerpt.name(name);
  }

  long opset() {
    return opset;
  }

  OnnxTrace trace() {
    return trace;
  }

  int inputCount() {
    return inputs.size();
  }

  int outputCount() {
    return proto.getOutputCount();
  }

  /** The name that the graph gives to an input. */
  String inputName(int k) {
    return Excerpt.name(proto.getInput(k));
  }

  /** A required input. */
  OnnxValue input(int k) {
    OnnxValue value = optional(k);
    if (value == null) {
      throw refused("expected input " + k + ", got none");
    }
    return value;
  }

  /** An input, or null if it is left out. */
  @Nullable OnnxValue optional(int k) {
    return k < inputs.size() ? inputs.get(k) : null;
  }

  /** The numbers of an input that must be constant integers. */
  long[] integers(int k) {
    OnnxValue value = input(k);
    if (value.type() != OnnxValue.Type.INTEGER) {
      throw refused(
          "expected input " + inputName(k) + " to be constant integers, got " + describe(value));
    }
    return value.elements();
  }

  /** The number of an input that must be one constant integer. */
  long oneInteger(int k) {
    long[] numbers = integers(k);
    if (numbers.length != 1) {
      throw refused("expected one number for " + inputName(k) + ", got " + numbers.length);
    }
    return numbers[0];
  }

  /** Describes a value for messages. */
  String describe(OnnxValue value) {
    if (value.isConstant()) {
      return value.type() + " " + value.shapeText();
    }
    return value.size() == 0
        ? "nothing"
        : trace.describe(value.elements()[0]) + " " + value.shapeText();
  }

  boolean hasAttribute(String name) {
    return attributes.containsKey(name);
  }

  private @Nullable AttributeProto attribute(String name, AttributeProto.AttributeType type) {
    AttributeProto attribute = attributes.remove(name);
    if (attribute == null) {
      return null;
    }
    if (!attribute.getRefAttrName().isEmpty() || attribute.getType() != type) {
      throw refused(
          "expected attribute " + name + " of type " + type + ", got " + attribute.getType());
    }
    return attribute;
  }

  long integer(String name, long absent) {
    AttributeProto attribute = attribute(name, AttributeProto.AttributeType.INT);
    return attribute == null ? absent : attribute.getI();
  }

  float real(String name, float absent) {
    AttributeProto attribute = attribute(name, AttributeProto.AttributeType.FLOAT);
    return attribute == null ? absent : attribute.getF();
  }

  String text(String name, String absent) {
    AttributeProto attribute = attribute(name, AttributeProto.AttributeType.STRING);
    return attribute == null ? absent : attribute.getS().toStringUtf8();
  }

  /** Null if absent. */
  long @Nullable [] integers(String name) {
    AttributeProto attribute = attribute(name, AttributeProto.AttributeType.INTS);
    return attribute == null
        ? null
        : attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** Null if absent. */
  float @Nullable [] reals(String name) {
    AttributeProto attribute = attribute(name, AttributeProto.AttributeType.FLOATS);
    if (attribute == null) {
      return null;
    }
    float[] values = new float[attribute.getFloatsCount()];
    for (int k = 0; k < values.length; k++) {
      values[k] = attribute.getFloats(k);
    }
    return values;
  }

  /** Empty if absent. */
  List<String> texts(String name) {
    AttributeProto attribute = attribute(name, AttributeProto.AttributeType.STRINGS);
    return attribute == null
        ? List.of()
        : attribute.getStringsList().stream().map(text -> text.toStringUtf8()).toList();
  }

  /** Null if absent. */
  @Nullable TensorProto tensor(String name) {
    AttributeProto attribute = attribute(name, AttributeProto.AttributeType.TENSOR);
    return attribute == null ? null : attribute.getT();
  }

  void checkAttributes() {
    for (String name : attributes.keySet()) {
      throw refused("expected only attributes that are understood, got " + name);
    }
  }

  /** An axis of a tensor, counted from the front. */
  int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw refused("expected an axis of -" + rank + " to " + (rank - 1) + ", got " + axis);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Dimensions as a shape, once its size is found to be within the budget. */
  int[] shape(long... dimensions) {
    return trace.shape(this, dimensions);
  }

  int[] shape(int... dimensions) {
    return trace.shape(this, Arrays.stream(dimensions).asLongStream().toArray());
  }

  /** The error if the graph cannot be computed at all for the sizes that it was given. */
  ModelFileException impossible(String message) {
    trace.setImpossible();
    return refused(message);
  }

  ModelFileException refused(String message) {
    return refused(message, ModelFileException.Lack.NOTHING);
  }

  ModelFileException refused(String message, ModelFileException.Lack lack) {
    return trace.refused("node " + name() + " (" + operator() + ")", message, lack);
  }
}
