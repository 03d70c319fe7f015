package io.flinklstm.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTypeTest {

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void kernelsAreNamedAsTheConfigurationSpellsThem(KernelType type) {
    assertThat(type.create().name()).isEqualToIgnoringCase(type.name());
  }

  @Test
  void autoIsVectorWhereTheModuleIsReadable() throws Exception {
    assertThat(KernelType.AUTO.create().name()).isEqualTo("vector");
    assertThat(probe("AUTO")).isEqualTo(KernelProbe.bits(KernelType.PLAIN));
  }

  @Test
  void aForcedVectorKernelIsRefusedWithoutItsModule() throws Exception {
    assertThat(probe("VECTOR"))
        .startsWith("refused: ")
        .contains(
            "expected a JVM with module jdk.incubator.vector for the vector kernel, got one without")
        .contains(KernelType.VECTOR_FLAG);
  }

  @Test
  void emulatedFmaIsRefusedUnlessAKernelIsNamed() throws Exception {
    assertThat(probe("AUTO", "-XX:-UseFMA"))
        .startsWith("refused: ")
        .contains("expected hardware support, got emulation")
        .contains("-XX:-UseFMA")
        .contains("or name a kernel to run anyway");
  }

  @Test
  void emulatedFmaGivesTheSameBits() throws Exception {
    assertThat(probe("PLAIN", "-XX:-UseFMA")).isEqualTo(KernelProbe.bits(KernelType.PLAIN));
  }

  @Test
  void ejmlNeedsNoFma() throws Exception {
    assertThat(probe("EJML", "-XX:-UseFMA")).isEqualTo(KernelProbe.bits(KernelType.EJML));
  }

  @Test
  void interpreterAndCompilerGiveTheSameBits() throws Exception {
    assertThat(probe("PLAIN", "-Xint")).isEqualTo(KernelProbe.bits(KernelType.PLAIN));
  }

  /**
   * 128 bits is the minimum width; anything wider than the CPU supports is reduced to its width.
   */
  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void vectorsOfEveryLengthGiveTheBitsOfThePlainKernel(int bytes) throws Exception {
    String plain = KernelProbe.bits(KernelType.PLAIN).replace("plain", "vector");
    assertThat(probe("VECTOR", KernelType.VECTOR_FLAG, "-XX:MaxVectorSize=" + bytes))
        .endsWith(plain);
  }

  private static String probe(String kernel, String... jvmOptions)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(jvmOptions));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(KernelProbe.class.getName());
    command.add(kernel);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.strip();
  }
}
