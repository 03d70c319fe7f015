package io.flinklstm.jobs.record.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class PredictionLinesTest {

  @Test
  void writesWhatTheJobWritesALineForEach() throws Exception {
    Prediction first = prediction("a\nb", 1.5);
    Prediction second = prediction("c", 0.1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PredictionLines lines = new PredictionLines(out);
    lines.accept(first);
    lines.accept(second);
    PredictionJson job = new PredictionJson();
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            new String(job.write(first), UTF_8)
                + "\n"
                + new String(job.write(second), UTF_8)
                + "\n")
        .hasLineCount(2);
  }

  @Test
  void doesNotSwallowAFullDisk() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    assertThatThrownBy(() -> new PredictionLines(full).accept(prediction("a", 1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("No space left on device");
  }

  private static Prediction prediction(String key, double forecast) {
    return new Prediction(
        key,
        1_546_300_800_123L,
        PredictionJsonTest.MODEL,
        null,
        0,
        31,
        1,
        new double[] {forecast},
        PredictionJsonTest.SOURCE,
        PredictionJsonTest.HISTORY);
  }
}
