package io.flinklstm.benchmarks.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class TickFormatTest {

  private static final TickFormat.Tick TICK =
      new TickFormat.Tick(
          "k7", 1_385_913_718_000L, List.of("price", "amount"), new double[] {998.98, 0.25});

  @Test
  void writesWhatTheJobReadsByDefault() throws IOException {
    assertThat(text(TickFormat.JSON))
        .isEqualTo(
            "{\"key\":\"k7\",\"event_time\":1385913718000,\"price\":998.98,\"amount\":0.25}");
    assertThat(text(TickFormat.CSV)).isEqualTo("k7,1385913718000,998.98,0.25");
    BinaryDecoder avro = DecoderFactory.get().binaryDecoder(TickFormat.AVRO.write(TICK), null);
    assertThat(avro.readString()).isEqualTo("k7");
    assertThat(avro.readLong()).isEqualTo(1_385_913_718_000L);
    assertThat(avro.readDouble()).isEqualTo(998.98);
    assertThat(avro.readDouble()).isEqualTo(0.25);
    assertThat(avro.isEnd()).isTrue();
  }

  @Test
  void takesKeysInTurnAndTimeForward() {
    Ticks ticks = new Ticks(TickFormat.CSV, List.of("price"), 2);
    assertThat(next(ticks)).startsWith("k0,1385913718000,");
    assertThat(next(ticks)).startsWith("k1,1385913718001,");
    assertThat(next(ticks)).startsWith("k0,1385913718002,");
  }

  private static String text(TickFormat format) {
    return new String(format.write(TICK), StandardCharsets.UTF_8);
  }

  private static String next(Ticks ticks) {
    ProducerRecord<byte[], byte[]> record = ticks.next("ticks");
    return new String(record.value(), StandardCharsets.UTF_8);
  }
}
