package io.flinklstm.benchmarks.cell;

import io.flinklstm.benchmarks.harness.RandomWeights;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size of a model whose step is measured.
 *
 * @param layers number of layers
 * @param hiddenSize of each layer
 */
record CellSize(int layers, int hiddenSize) {

  static final int INPUT_SIZE = 8;

  /** Reads what {@link #toString} writes, such as 1x64. */
  static CellSize parse(String text) {
    if (!text.matches("[1-9]\\d?x[1-9]\\d{0,3}")) {
      throw new TypeConversionException("expected LAYERSxHIDDEN such as 1x64, got " + text);
    }
    String[] parts = text.split("x");
    return new CellSize(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  static List<CellSize> parseAll(String... texts) {
    return Stream.of(texts).map(CellSize::parse).toList();
  }

  /** Converts option values. */
  static final class Converter implements ITypeConverter<CellSize> {
    @Override
    public CellSize convert(String text) {
      return parse(text);
    }
  }

  LstmConfig config() {
    return new LstmConfig(INPUT_SIZE, hiddenSize, layers, 1);
  }

  LstmWeights weights() {
    return RandomWeights.of(config());
  }

  /** Multiply-adds of one step and the head, without padding. */
  long multiplyAdds() {
    LstmConfig config = config();
    long sum = hiddenSize;
    for (int l = 0; l < layers; l++) {
      sum += 4L * hiddenSize * (config.layerInputSize(l) + hiddenSize);
    }
    return sum;
  }

  /** The size with hiddenSize rounded up to a multiple of 16. */
  CellSize padded() {
    return new CellSize(layers, (hiddenSize + 15) / 16 * 16);
  }

  @Override
  public String toString() {
    return layers + "x" + hiddenSize;
  }
}
