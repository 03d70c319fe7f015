package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.SnappyFramedOutputStream;

class SnappyBlocksTest {

  @Test
  void checksEveryBlockOfALongStream() throws IOException {
    byte[] data = new byte[1 << 20];
    new Random(1).nextBytes(data);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SnappyFramedOutputStream snappy = new SnappyFramedOutputStream(out, 1 << 16, 0.85)) {
      snappy.write(data);
    }
    byte[] bytes = out.toByteArray();
    check(bytes);
    for (int at = 14; at < bytes.length; at += 1 << 16) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      assertThatThrownBy(() -> check(damaged)).isInstanceOf(IOException.class);
    }
    bytes[bytes.length - 1] ^= 1;
    assertThatThrownBy(() -> check(bytes)).hasMessageContaining("checksum");
  }

  private static void check(byte[] bytes) throws IOException {
    new SnappyBlocks(new DataInputStream(new ByteArrayInputStream(bytes))).check();
  }
}
