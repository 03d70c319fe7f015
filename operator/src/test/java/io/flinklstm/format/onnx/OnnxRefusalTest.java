package io.flinklstm.format.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TrainingInfoProto;
import com.google.protobuf.ByteString;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.ReadOptions;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.testing.TestResources;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a graph may not contain: each test makes one change to a valid graph. */
class OnnxRefusalTest {

  /** x (B, T, 3), Transpose, LSTM without biases, Squeeze, Transpose, MatMul, Add, y. */
  private final ModelProto.Builder model;

  private final GraphProto.Builder graph;

  OnnxRefusalTest() throws Exception {
    model =
        ModelProto.parseFrom(TestResources.read("models/l1_h16_i3_nobias/seq_op17.onnx"))
            .toBuilder();
    graph = model.getGraphBuilder();
  }

  @Test
  void withoutAChangeItLoads() {
    assertThat(open().weights().config().inputSize()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reverse", "bidirectional", "sideways"})
  void otherDirections(String direction) {
    lstm(node -> node.addAttribute(text("direction", direction)));
    refused("LSTM", "expected direction forward, got " + direction);
  }

  @Test
  void aClip() {
    lstm(node -> node.addAttribute(real("clip", 3)));
    refused("LSTM", "expected no clip, got 3.0");
  }

  @Test
  void coupledGates() {
    lstm(node -> node.addAttribute(integer("input_forget", 1)));
    refused("LSTM", "input_forget");
  }

  @Test
  void otherActivations() {
    lstm(node -> node.addAttribute(texts("activations", "Sigmoid", "Tanh", "Relu")));
    refused("expected activations Sigmoid, Tanh, Tanh, got Sigmoid, Tanh, Relu");
  }

  @Test
  void theDefaultsMayBeGiven() {
    lstm(
        node ->
            node.addAttribute(texts("activations", "Sigmoid", "TANH", "tanh"))
                .addAttribute(text("direction", "forward"))
                .addAttribute(integer("input_forget", 0))
                .addAttribute(integer("layout", 0)));
    assertThat(open().weights().config().hiddenSize()).isEqualTo(16);
  }

  @Test
  void peepholesUnlessTheyAreZero() {
    graph.addInitializer(tensor("P", new float[48], 1, 48));
    lstm(node -> node.addInput("P"));
    assertThat(open().weights().config().hiddenSize()).isEqualTo(16);
    float[] peepholes = new float[48];
    peepholes[40] = 1e-3f;
    graph.setInitializer(graph.getInitializerCount() - 1, tensor("P", peepholes, 1, 48));
    refused("expected no peepholes, got P");
  }

  @Test
  void sequenceLengths() {
    lstm(node -> node.setInput(4, "lengths"));
    graph.addInput(graph.getInput(0).toBuilder().setName("lengths"));
    refused("expected no sequence_lens, or constants of all steps, got input lengths");
  }

  @Test
  void attributesThatNobodyKnows() {
    lstm(node -> node.addAttribute(integer("zoneout", 1)));
    refused("LSTM", "expected only attributes that are understood, got zoneout");
    node("Transpose", node -> node.addAttribute(integer("conjugate", 1)));
    refused("Transpose", "got conjugate");
  }

  @Test
  void attributesOfAnotherType() {
    lstm(node -> node.addAttribute(integer("direction", 1)));
    refused("expected attribute direction of type STRING, got INT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"If", "Loop", "Scan"})
  void controlFlow(String operator) {
    node("Squeeze", node -> node.setOpType(operator).clearInput());
    refused("(" + operator + ")", "(control flow)");
  }

  @Test
  void otherLayers() {
    lstm(node -> node.setOpType("GRU"));
    refused("(GRU)", "got GRU of input x", "only LSTM layers");
  }

  @Test
  void otherDomains() {
    lstm(node -> node.setDomain("com.microsoft"));
    refused("expected an operator of ONNX itself, got one of domain com.microsoft");
  }

  @Test
  void functions() {
    model.addFunctions(FunctionProto.newBuilder().setName("Head"));
    refused("expected no functions, got Head");
  }

  @Test
  void sparseWeightsAndTraining() {
    graph.addSparseInitializer(SparseTensorProto.getDefaultInstance());
    refused("expected dense weights, got a sparse initializer");
    graph.clearSparseInitializer();
    model.addTrainingInfo(TrainingInfoProto.getDefaultInstance());
    refused("expected a model for inference");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 6, 29, Long.MAX_VALUE})
  void operatorSetsThatAreNotKnown(long opset) {
    model.setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(opset));
    refused("m.onnx: expected opset 7 to 28, got " + opset);
  }

  @Test
  void externalData() {
    initializer(1, tensor -> tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL));
    refused(graph.getInitializer(1).getName(), "external data");
  }

  @Test
  void tensorsWhoseDataDoNotFitTheirShape() {
    initializer(1, tensor -> tensor.setDims(1, 65));
    refused("expected 780 bytes (FLOAT of shape [1, 65, 3]), got 768");
    initializer(1, tensor -> tensor.setDims(1, Long.MAX_VALUE));
    refused("expected fewer than 2^31 numbers, got shape", "9223372036854775807");
    initializer(1, tensor -> tensor.setDims(1, 1L << 30).setDims(2, 1L << 30));
    refused("expected fewer than 2^31 numbers, got shape");
  }

  @Test
  void weightsOfOtherShapes() {
    initializer(1, tensor -> tensor.setDims(1, 96).setDims(2, 2));
    refused("LSTM", "expected W of shape [1, 64, 3] for X of input size 3, got [1, 96, 2]");
  }

  @Test
  void weightsThatAreNotFinite() {
    initializer(
        1,
        tensor -> {
          byte[] raw = tensor.getRawData().toByteArray();
          Arrays.fill(raw, 0, 4, (byte) 0xff);
          tensor.setRawData(ByteString.copyFrom(raw));
        });
    refused("model file m.onnx", "weight_ih_l0: expected finite numbers, got NaN at index 0");
  }

  @Test
  void weightsThatAreInputsUnlessTheyAreGiven() {
    TensorProto weights = graph.getInitializer(1);
    graph.removeInitializer(1);
    graph.addInput(graph.getInput(0).toBuilder().setName(weights.getName()).clearType());
    refused("input " + weights.getName(), "expected a tensor of known rank");
    graph.setInput(
        graph.getInputCount() - 1, graph.getInput(0).toBuilder().setName(weights.getName()));
    lacks(
        ModelFileException.Lack.ONNX_INPUT,
        "to be constants of FLOAT or DOUBLE, got input",
        "give the values of " + weights.getName());
    ReadOptions given =
        new ReadOptions(null, Map.of(weights.getName(), weights.toByteArray()), Set.of());
    assertThat(ModelFiles.open(model.build().toByteArray(), "m.onnx", given).weights()).isNotNull();
  }

  @Test
  void valuesForInputsThatAreNotThere() {
    ReadOptions given = new ReadOptions(null, Map.of("W", new byte[0]), Set.of());
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.open(model.build().toByteArray(), "m.onnx", given))
        .withMessageContainingAll("m.onnx", "expected input W among [x, h0, c0]", "got none");
  }

  @Test
  void initialStatesOfOneKindOnly() {
    lstm(node -> node.setInput(6, ""));
    refused("expected initial_h and initial_c both as inputs of the graph or neither, got one");
  }

  @Test
  void statesThatDoNotComeOutAsTheyGoIn() throws Exception {
    graph.removeOutput(1);
    refused("input h0", "expected an output that gives its next value", "none among [y, cn]");
    model.clear();
    model.mergeFrom(ModelProto.parseFrom(TestResources.read("models/l2_h64_i5/step_op17.onnx")));
    assertThat(open().notes()).contains("input h0 is carried on as output hn");
    NodeProto.Builder joined =
        model.getGraphBuilder().getNodeBuilderList().stream()
            .filter(node -> node.getOutput(0).equals("hn"))
            .findFirst()
            .orElseThrow();
    String first = joined.getInput(0);
    joined.setInput(0, joined.getInput(1)).setInput(1, first);
    refused("input h0", "expected an output that gives its next value", "none among [y, hn, cn]");
  }

  /** Makes what follows the transposed h, (B, T, 16), read a choice of its steps instead. */
  private void chooseSteps(NodeProto.Builder choice, long... numbers) {
    NodeProto.Builder matMul =
        graph.getNodeBuilderList().stream()
            .filter(node -> node.getOpType().equals("MatMul"))
            .findFirst()
            .orElseThrow();
    TensorProto.Builder indices =
        TensorProto.newBuilder().setName("indices").setDataType(TensorProto.DataType.INT64_VALUE);
    Arrays.stream(numbers).forEach(indices::addInt64Data);
    graph.addInitializer(indices.addDims(numbers.length));
    choice.addInput(matMul.getInput(0)).addInput("indices").addOutput("chosen");
    matMul.setInput(0, "chosen");
    graph.addNode(graph.getNodeCount() - 2, choice.addAttribute(integer("axis", 1)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 10, 12, -2, 1_000})
  void aForecastAfterAnotherStepThanTheLast(long step) {
    chooseSteps(NodeProto.newBuilder().setOpType("Gather"), step);
    refused(step >= 11 ? "indices of -11 to 10, got " + step : "step");
  }

  @Test
  void aForecastAfterTheLastStepIsFine() {
    chooseSteps(NodeProto.newBuilder().setOpType("Gather"), -1);
    assertThat(open().weights().config().outputSize()).isEqualTo(1);
  }

  @Test
  void someOfTheSteps() {
    chooseSteps(NodeProto.newBuilder().setOpType("Gather"), -3, -2, -1);
    refused("output y", "expected the outputs of one linear layer for each step, got some of the");
  }

  @Test
  void stepsInAnotherOrder() {
    chooseSteps(NodeProto.newBuilder().setOpType("Gather"), -1, -2, -1);
    refused("output y", "expected the outputs of one linear layer for each step");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pt_roll_legacy    | input x with all its steps in order # a feature of the step before
          pt_first20_legacy | input x with all its steps in order # the first 20 steps of any number
          pt_first20_op9    | input x with all its steps in order # the same by attributes
          pt_step25         | expected indices of -11 to 10, got 25
          pt_last20_dynamo  | input x with all its steps in order # the last 20 steps of any number
          patching          | input x with all its steps in order # two steps made one
          steps_as_batch    | input x with all its steps in order # steps made sequences
          seqlens_min20     | sequence_lens 22 (all steps), got 20
          head_div_T        | the same weights for sequences of any length
          h0_c0_from_x      | either features or an initial state
          cell_c_from_x     | either features or an initial state
          packed_xhc        | either features or an initial state
          delayed_stack     | either features or an initial state
          stale_h_packed    | an output that gives its next value
          pt_state1_legacy  | an output that gives its next value
          cell_no_state_out | an output that gives its next value
          head_on_layer1    | h of layers that the forecast is computed from
          reduceprod_noop   | got ReduceProd
          dropout_empty     | expected one number for e, got 0
          range_empty       | expected one number for e, got 0
          int_input         | expected FLOAT or DOUBLE, got INT64
          pt_cell_loop      | give h and c as inputs and outputs, or use an nn.LSTM
          expand_overflow   | node q (Expand)
          """)
  void graphsThatWouldForecastSomethingElse(String name, String message) {
    String part = message.replaceFirst(" #.*", "");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(
            () ->
                ModelFiles.open(
                    TestResources.read("onnx/refused/" + name + ".onnx"), name + ".onnx"))
        .withMessageContainingAll(name + ".onnx", "expected", "got", part);
  }

  @Test
  void theNamesOfStatesDoNotMatter() {
    lstm(node -> node.setOutput(1, "cn").setOutput(2, "hn"));
    assertThat(open().notes()).contains("input h0 is carried on as output cn");
  }

  @Test
  void aForecastThatIsNotLinear() {
    node(
        "Add",
        node -> {
          String product = node.getInput(1);
          node.setOpType("Relu").clearInput().addInput(product);
        });
    refused("(Relu)", "got Relu of the output of", "the output must be linear in h");
  }

  @Test
  void aForecastThatAlsoReadsTheInput() {
    node("Add", node -> node.setInput(0, "x"));
    refused("(Add)", "got Add of");
  }

  @Test
  void inputsThatAreComputedBefore() {
    node("Transpose", node -> node.setOpType("Tanh").clearAttribute());
    refused("(Tanh)", "got Tanh of input x", "belongs in the model card");
  }

  @Test
  void valuesThatNobodyGives() {
    lstm(node -> node.setInput(1, "nowhere"));
    refused("nowhere", "expected a value that an earlier node gives, got none");
  }

  @Test
  void valuesThatAreGivenTwice() {
    graph.addNode(2, graph.getNode(0));
    refused("to be computed once, got twice");
  }

  @Test
  void dimensionsThatNoMemoryCouldHold() {
    graph
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(1)
        .setDimValue(1L << 40);
    refused("input x", "expected dimensions of 0 to 2^31, got 1099511627776");
    graph
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(1)
        .setDimValue(1L << 30);
    refused("input x", "not far larger than its file");
  }

  @Test
  void halfPrecision() {
    graph
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(TensorProto.DataType.FLOAT16_VALUE);
    refused("input x", "expected FLOAT or DOUBLE, got FLOAT16");
  }

  @Test
  void whatIsNoOnnxFileAtAll() {
    for (byte[] file : new byte[][] {{}, {8}, {8, 8, 18}, "<html></html>".getBytes()}) {
      assertThatExceptionOfType(ModelFileException.class)
          .isThrownBy(() -> ModelFiles.open(file, "m.onnx"))
          .withMessageContainingAll("m.onnx", "expected", "got");
    }
  }

  private ModelFile open() {
    return ModelFiles.open(model.build().toByteArray(), "m.onnx");
  }

  private void refused(String... parts) {
    lacks(ModelFileException.Lack.NOTHING, parts);
  }

  private void lacks(ModelFileException.Lack lack, String... parts) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(this::open)
        .withMessageContainingAll("m.onnx", "expected", "got")
        .withMessageContainingAll(parts)
        .extracting(ModelFileException::lack)
        .isEqualTo(lack);
  }

  private void lstm(Consumer<NodeProto.Builder> change) {
    node("LSTM", change);
  }

  /** Changes the first node of an operator. */
  private void node(String operator, Consumer<NodeProto.Builder> change) {
    change.accept(
        graph.getNodeBuilderList().stream()
            .filter(node -> node.getOpType().equals(operator))
            .findFirst()
            .orElseThrow());
  }

  private void initializer(int index, Consumer<TensorProto.Builder> change) {
    change.accept(graph.getInitializerBuilder(index));
  }

  private static TensorProto tensor(String name, float[] values, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    Arrays.stream(shape).forEach(tensor::addDims);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private static AttributeProto text(String name, String value) {
    return attribute(name, AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  private static AttributeProto texts(String name, String... values) {
    AttributeProto.Builder attribute = attribute(name, AttributeProto.AttributeType.STRINGS);
    Arrays.stream(values).map(ByteString::copyFromUtf8).forEach(attribute::addStrings);
    return attribute.build();
  }

  private static AttributeProto integer(String name, long value) {
    return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
  }

  private static AttributeProto real(String name, float value) {
    return attribute(name, AttributeProto.AttributeType.FLOAT).setF(value).build();
  }
}
