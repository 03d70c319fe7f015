package io.flinklstm.local.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** CSV files of prices whose next return is partly predictable, and a configuration for them. */
public final class TickFiles {

  public static final String CONFIG =
      """
      name: small
      version: "1"
      lookback: 10
      horizon: 2
      context: carry
      features:
        - {name: return, formula: price, transform: log_return}
      target: return
      network: {hidden_size: 8}
      training: {epochs: 3, streams: 8, chunk: 20}
      """;

  private TickFiles() {}

  /** Writes rows of one key, or of several in turns. */
  public static Path csv(Path file, int rows, String... keys) throws IOException {
    StringBuilder text = new StringBuilder("ts,symbol,price,size\n");
    Random random = new Random(5);
    double[] prices = new double[keys.length];
    double[] returns = new double[keys.length];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < keys.length; k++) {
        returns[k] = -0.5 * returns[k] + 0.001 * random.nextGaussian();
        prices[k] = row == 0 ? 100 : prices[k] * Math.exp(returns[k]);
        text.append(1_600_000_000L + row)
            .append(',')
            .append(keys[k])
            .append(',')
            .append(prices[k])
            .append(",1\n");
      }
    }
    return write(file, text.toString());
  }

  /** Writes a text, compressed if the file's name ends in gz. */
  public static Path write(Path file, String text) throws IOException {
    try (OutputStream out =
        file.toString().endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }
}
