package io.flinklstm.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class KernelTypeTest {

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void kernelsAreNamedAsTheConfigurationSpellsThem(KernelType type) {
    assertThat(type.create().name()).isEqualToIgnoringCase(type.name());
  }

  @Test
  void emulatedFmaIsRefusedUnlessAKernelIsNamed() throws Exception {
    assertThat(probe("-XX:-UseFMA", "AUTO"))
        .startsWith("refused: ")
        .contains("expected hardware support, got emulation")
        .contains("-XX:-UseFMA")
        .contains("lstm.kernel: plain");
  }

  @Test
  void emulatedFmaGivesTheSameBits() throws Exception {
    assertThat(probe("-XX:-UseFMA", "PLAIN")).isEqualTo(KernelProbe.bits(KernelType.PLAIN));
  }

  @Test
  void ejmlNeedsNoFma() throws Exception {
    assertThat(probe("-XX:-UseFMA", "EJML")).isEqualTo(KernelProbe.bits(KernelType.EJML));
  }

  @Test
  void interpreterAndCompilerGiveTheSameBits() throws Exception {
    assertThat(probe("-Xint", "PLAIN")).isEqualTo(KernelProbe.bits(KernelType.PLAIN));
  }

  private static String probe(String jvmOption, String kernel)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                jvmOption,
                "-cp",
                System.getProperty("java.class.path"),
                KernelProbe.class.getName(),
                kernel)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.strip();
  }
}
