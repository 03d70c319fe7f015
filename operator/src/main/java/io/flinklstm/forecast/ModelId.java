package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.util.HexFormat;

/**
 * Identifies the model that made a forecast; all forecasts of a task share one instance.
 *
 * @param name the card's name
 * @param version the card's version
 * @param lookback steps until a stream is warm, at least 1
 * @param hash 8 bytes of SHA-256 over weights and card
 */
@PublicEvolving
public record ModelId(String name, String version, int lookback, long hash) {

  /** The hash as 16 hexadecimal digits. */
  public String hashString() {
    return HexFormat.of().toHexDigits(hash);
  }

  @Override
  public String toString() {
    return name + " version " + version + " (" + hashString() + ")";
  }
}
