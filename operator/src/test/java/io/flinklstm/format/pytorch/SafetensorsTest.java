package io.flinklstm.format.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import io.flinklstm.format.weights.Tensor.Dtype;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.SafetensorsBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

  private static final String TWO =
      "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
          + "'b':{'dtype':'U8','shape':[1,3],'data_offsets':[8,11]}}";

  @Test
  void readsNamesShapesAndMetadataInTheFilesOrder() {
    String header =
        "{'z':{'dtype':'U8','shape':[1],'data_offsets':[4,5]},"
            + "'__metadata__':{'format':'pt','note':''},"
            + "'a':{'data_offsets':[0,4],'shape':[1],'dtype':'F32'}}";
    Safetensors content = read(header, 5);
    assertThat(content.metadata())
        .containsExactly(Map.entry("format", "pt"), Map.entry("note", ""));
    assertThat(content.tensors()).containsOnlyKeys("z", "a");
    assertThat(content.tensors().get("z").dtype()).isEqualTo(Dtype.U8);
    assertThat(content.tensors().get("a").shape()).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{}      ",
        "{'__metadata__':{}}",
        "{'s':{'dtype':'F64','shape':[],'data_offsets':[0,8]}}",
        "{'e':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}}",
        "{'e':{'dtype':'F32','shape':[3,0,9],'data_offsets':[0,0]}}",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},"
            + "'e':{'dtype':'F32','shape':[0],'data_offsets':[1,1]},"
            + "'b':{'dtype':'U8','shape':[1],'data_offsets':[1,2]}}",
        "{'e':{'dtype':'F32','shape':[0],'data_offsets':[0,0]},"
            + "'f':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}}",
      })
  void whatIsRareIsLegalAllTheSame(String header) {
    int data = header.contains("[0,8]") ? 8 : header.contains("'b'") ? 2 : 0;
    read(header, data)
        .tensors()
        .values()
        .forEach(tensor -> assertThat(tensor.size()).isNotNegative());
  }

  @Test
  void scalarsAndEmptyTensorsHaveTheirSize() {
    String scalar = "{'s':{'dtype':'F64','shape':[],'data_offsets':[0,8]}}";
    assertThat(read(scalar, 8).tensors().get("s").toDoubles()).containsExactly(0.0);
    String empty = "{'e':{'dtype':'F32','shape':[3,0],'data_offsets':[0,0]}}";
    assertThat(read(empty, 0).tensors().get("e").toFloats()).isEmpty();
  }

  @Test
  void refusesImpossibleHeaderLengths() {
    byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
    refused(new byte[0], "expected 8 bytes of header length", "got 0");
    refused(new byte[7], "expected 8 bytes of header length", "got 7");
    refused(SafetensorsBytes.of(0, header, new byte[0]), "2 to 100000000", "got 0");
    refused(SafetensorsBytes.of(1, header, new byte[0]), "2 to 100000000", "got 1");
    refused(SafetensorsBytes.of(3, header, new byte[0]), "expected 3 bytes of header", "got 2");
    refused(SafetensorsBytes.of(100_000_000, header, new byte[0]), "expected 100000000", "got 2");
    refused(SafetensorsBytes.of(100_000_001, header, new byte[0]), "got 100000001");
    refused(SafetensorsBytes.of(Integer.MAX_VALUE, header, new byte[0]), "got 2147483647");
    refused(SafetensorsBytes.of(1L << 32 | 2, header, new byte[0]), "got 4294967298");
    refused(SafetensorsBytes.of(Long.MAX_VALUE, header, new byte[0]), "got 9223372036854775807");
    refused(SafetensorsBytes.of(-1, header, new byte[0]), "got 18446744073709551615");
  }

  @Test
  void aFileLooksLikeOneByItsHeadersLengthAndBrace() {
    byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
    assertThat(Safetensors.looksLike(SafetensorsBytes.of(2, header, new byte[0]))).isTrue();
    for (long length : new long[] {0, 1, 3, 100_000_001, 1L << 32 | 2, Long.MAX_VALUE, -1}) {
      byte[] file = SafetensorsBytes.of(length, header, new byte[0]);
      assertThat(Safetensors.looksLike(file)).isFalse();
    }
    assertThat(Safetensors.looksLike(new byte[8])).isFalse();
    assertThat(Safetensors.looksLike(SafetensorsBytes.of(2, new byte[2], new byte[0]))).isFalse();
  }

  @Test
  void namesThatAreLongAreShortened() {
    String name = "n".repeat(1000);
    String message = "n".repeat(200) + "... in m.safetensors: expected";
    refused(file("{'" + name + "':1}", 0), message);
    refused(file("{'" + name + "':{'dtype':'U8','shape':[2],'data_offsets':[0,1]}}", 1), message);
    String offsets = "0,".repeat(1000) + "0";
    refused(
        file("{'a':{'dtype':'U8','shape':[2],'data_offsets':[" + offsets + "]}}", 1),
        "0 and 981 more]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "` {}`                                                              | begin with '{'",
        "`[{}]`                                                             | begin with '{'",
        "`{}x`                                                              | valid JSON",
        "`{}{}`                                                             | valid JSON",
        "`{'a':`                                                            | valid JSON",
        "`{'a':1}`                                                          | a in m.safetensors",
        "`{'a':[]}`                                                         | object of dtype",
        "`{'a':{'dtype':'F32','shape':[0]}}`                                | data_offsets",
        "`{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0],'x':1}}`     | object of dtype",
        "`{'a':{'dtype':'F32','shape':[0],'offsets':[0,0]}}`                | data_offsets",
        "`{'a':{'dtype':'F33','shape':[0],'data_offsets':[0,0]}}`           | got \"F33\"",
        "`{'a':{'dtype':'f32','shape':[0],'data_offsets':[0,0]}}`           | got \"f32\"",
        "`{'a':{'dtype':32,'shape':[0],'data_offsets':[0,0]}}`              | got 32",
        "`{'a':{'dtype':'F32','shape':0,'data_offsets':[0,0]}}`             | shape",
        "`{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,0]}}`          | got -1",
        "`{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}}`         | got 1.0",
        "`{'a':{'dtype':'F32','shape':['1'],'data_offsets':[0,4]}}`         | got \"1\"",
        "`{'a':{'dtype':'F32','shape':[null],'data_offsets':[0,4]}}`        | got null",
        "`{'a':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,0]}}` | shape",
        "`{'a':{'dtype':'F32','shape':[9223372036854775807],'data_offsets':[0,0]}}` | 2^63",
        "`{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]}}` | 2^63",
        "`{'a':{'dtype':'U8','shape':[4294967296,4294967296,0],'data_offsets':[0,0]}}` | 2^63",
        "`{'a':{'dtype':'F32','shape':[1],'data_offsets':[4]}}`             | [begin, end]",
        "`{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}}`         | [begin, end]",
        "`{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}`           | [begin, end]",
        "`{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}`          | got -4",
        "`{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,3]}}`           | expected 4 bytes",
        "`{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}`           | got 0 bytes of data",
        "`{'__metadata__':1}`                                               | __metadata__",
        "`{'__metadata__':{'a':1}}`                                         | __metadata__.a",
        "`{'__metadata__':{'a':null}}`                                      | __metadata__.a",
        "`{'__metadata__':{'a':'1','a':'2'}}`                               | Duplicate",
        "`{'__metadata__':{},'__metadata__':{}}`                            | Duplicate",
      })
  void refusesBrokenHeaders(String header, String part) {
    refused(SafetensorsBytes.of(header.replace('\'', '"'), 0), part);
  }

  @Test
  void refusesTheSameTensorTwice() {
    String entry = "'a':{'dtype':'U8','shape':[1],'data_offsets':[%d,%d]}";
    String twice = "{" + String.format(entry, 0, 1) + "," + String.format(entry, 1, 2) + "}";
    refused(file(twice, 2), "Duplicate", "a");
  }

  @Test
  void refusesDataThatTheTensorsDoNotCoverExactly() {
    assertThat(read(TWO, 11).tensors()).hasSize(2);
    refused(
        file(TWO, 10), "b in m.safetensors: expected bytes 8 to 11 of the data", "got 10 bytes");
    refused(file(TWO, 12), "expected 11 bytes of data", "got 12");
    refused(file(TWO.replace("[8,11]", "[9,12]"), 12), "b in", "begin at 8", "got 9");
    refused(file(TWO.replace("[8,11]", "[7,10]"), 11), "b in", "begin at 8", "got 7");
    refused(file(TWO.replace("[8,11]", "[0,3]"), 8), "expected data to begin");
    refused(file(TWO.replace("[0,8]", "[1,9]").replace("[8,11]", "[9,12]"), 12), "begin at 0");
    refused(file("{}", 1), "expected 0 bytes of data", "got 1");
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() {
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    refused(SafetensorsBytes.of(utf16.length, utf16, new byte[0]), "valid JSON");
    byte[] latin1 = "{\"__metadata__\":{\"a\":\"\u00e9\"}}".getBytes(StandardCharsets.ISO_8859_1);
    refused(SafetensorsBytes.of(latin1.length, latin1, new byte[0]), "valid JSON");
  }

  @Test
  void refusesJsonThatIsNestedTooDeep() {
    refused(file("{'a':" + "[".repeat(100_000), 0), "valid JSON");
  }

  @Test
  void convertsHalfPrecisionExactly() {
    int[] bits = {0x0000, 0x8000, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x7c00};
    double[] expected = {
      0.0, -0.0, 1, -2, 0.333251953125, 65504, 0x1p-14, 0x1p-14 - 0x1p-24, 0x1p-24, 1 / 0.0
    };
    assertThat(Bits.of(values("F16", bits))).isEqualTo(Bits.of(expected));
    assertThat(values("F16", 0xfc00)).containsExactly(Double.NEGATIVE_INFINITY);
    assertThat(values("F16", 0x7e00)).containsExactly(Double.NaN);
  }

  @Test
  void convertsBrainFloatsExactly() {
    int[] bits = {0x0000, 0x8000, 0x3f80, 0xc000, 0x4049, 0x7f7f, 0x0080, 0x0001};
    double[] expected = {0.0, -0.0, 1, -2, 3.140625, 0x1.fep127, 0x1p-126, 0x1p-133};
    assertThat(Bits.of(values("BF16", bits))).isEqualTo(Bits.of(expected));
    assertThat(values("BF16", 0x7f80, 0xffc0)).containsExactly(1 / 0.0, Double.NaN);
  }

  @Test
  void narrowsDoublesToTheNearestFloat() {
    double[] doubles = {0.1, -1.0 / 3, 1e-50, 1e300, StrictMath.PI};
    ByteBuffer data = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    data.asDoubleBuffer().put(doubles);
    String header = "{'a':{'dtype':'F64','shape':[5],'data_offsets':[0,40]}}";
    Tensor tensor = Safetensors.read(file(header, data.array()), "m").tensors().get("a");
    assertThat(Bits.of(tensor.toDoubles())).isEqualTo(Bits.of(doubles));
    assertThat(tensor.toFloats())
        .containsExactly(0.1f, -1f / 3, 0f, Float.POSITIVE_INFINITY, (float) StrictMath.PI);
  }

  @ParameterizedTest
  @ValueSource(strings = {"I64", "I32", "U16", "U8", "BOOL", "F8_E4M3", "F8_E5M2"})
  void readsOtherTypesButDoesNotConvertThem(String dtype) {
    int bytes = dtype.endsWith("64") ? 8 : dtype.endsWith("32") ? 4 : dtype.equals("U16") ? 2 : 1;
    Tensor tensor =
        read("{'a':{'dtype':'" + dtype + "','shape':[1],'data_offsets':[0," + bytes + "]}}", bytes)
            .tensors()
            .get("a");
    assertThat(tensor.size()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(tensor::toFloats)
        .withMessageContainingAll("expected dtype F64, F32, F16 or BF16", "got " + dtype);
  }

  @Test
  void writesWhatItReadsByteForByte() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b\u00e9\"", Tensor.of(new float[] {1, -0f, Float.MIN_VALUE, 3e38f}, 2, 2));
    tensors.put("a", Tensor.of(new float[0], 0, 7));
    tensors.put("s", Tensor.of(new float[] {5}));
    byte[] file = new Safetensors(Map.of("note", "\u4f60 {}"), tensors).write();
    Safetensors content = Safetensors.read(file, "m");
    assertThat(content.metadata()).containsExactly(Map.entry("note", "\u4f60 {}"));
    assertThat(content.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
    assertThat(content.tensors().get("b\u00e9\"").shape()).isEqualTo(List.of(2L, 2L));
    assertThat(Bits.of(content.tensors().get("b\u00e9\"").toFloats()))
        .isEqualTo(Bits.of(1, -0f, Float.MIN_VALUE, 3e38f));
    assertThat(content.write()).isEqualTo(file);
    assertThat(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0) % 8).isZero();
  }

  private static double[] values(String dtype, int... bits) {
    ByteBuffer data = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : bits) {
      data.putShort((short) value);
    }
    String header =
        String.format(
            "{'a':{'dtype':'%s','shape':[%d],'data_offsets':[0,%d]}}",
            dtype, bits.length, 2 * bits.length);
    return Safetensors.read(file(header, data.array()), "m").tensors().get("a").toDoubles();
  }

  private static byte[] file(String header, byte[] data) {
    return SafetensorsBytes.of(header.replace('\'', '"'), data);
  }

  private static byte[] file(String header, int dataLength) {
    return file(header, new byte[dataLength]);
  }

  private static Safetensors read(String header, int dataLength) {
    return Safetensors.read(file(header, dataLength), "m.safetensors");
  }

  private static void refused(byte[] file, String... parts) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> Safetensors.read(file, "m.safetensors"))
        .withMessageContainingAll("m.safetensors", "expected")
        .withMessageContainingAll(parts);
  }
}
