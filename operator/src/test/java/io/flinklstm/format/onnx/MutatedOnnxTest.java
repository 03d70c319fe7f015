package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.testing.MutationRun;
import io.flinklstm.testing.Mutations;
import io.flinklstm.testing.TestResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** ONNX files with damaged bytes or fields load or are refused with a message. */
class MutatedOnnxTest {

  private final List<byte[]> files = new ArrayList<>();
  private final List<ModelProto> models = new ArrayList<>();

  MutatedOnnxTest() throws InvalidProtocolBufferException {
    for (String name : TestResources.list("onnx")) {
      if (!name.equals("conformance") && !name.equals("refused") && !name.endsWith(".py")) {
        add("onnx/" + name + "/model.onnx");
      }
    }
    add("models/l1_h16_i1/seq_op14.onnx");
    add("models/l1_h16_i3_nobias/step_op17.onnx");
    add("onnx/conformance/ort_init_state/model.onnx");
  }

  private void add(String resource) throws InvalidProtocolBufferException {
    byte[] file = TestResources.read(resource);
    files.add(file);
    models.add(ModelProto.parseFrom(file));
  }

  @Test
  void damagedFilesAreRefusedInWordsOrLoad() {
    MutationRun.of("ONNX", "m.onnx", this::damaged, file -> ModelFiles.open(file, "m.onnx"))
        .assertBothOutcomes();
  }

  private byte[] damaged(Random random) {
    int which = random.nextInt(files.size());
    return random.nextInt(4) == 0
        ? Mutations.ofBytes(files.get(which), random)
        : Mutations.ofMessage(models.get(which), random).toByteArray();
  }
}
