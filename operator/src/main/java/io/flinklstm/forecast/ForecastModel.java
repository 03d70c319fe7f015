package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Weights and their model card: everything a forecast depends on. Immutable; the submitting client
 * reads it once, and it travels to the tasks as part of the job.
 *
 * @param weights the trained parameters
 * @param affine the affine parameters of the features with transform revin, or null for none
 * @param card what the inputs and outputs mean
 */
@PublicEvolving
public record ForecastModel(LstmWeights weights, @Nullable RevinAffine affine, ModelCard card)
    implements Serializable {

  /** A model without affine parameters. */
  public ForecastModel(LstmWeights weights, ModelCard card) {
    this(weights, null, card);
  }

  /**
   * @throws IllegalArgumentException if card and weights do not match
   */
  public ForecastModel {
    LstmConfig config = weights.config();
    long revin =
        card.features().stream().filter(feature -> feature.transform() == Transform.REVIN).count();
    if (affine != null && affine.weight().length != revin) {
      throw new IllegalArgumentException(
          "affine_weight: expected "
              + revin
              + " numbers (features of the card with transform revin), got "
              + affine.weight().length);
    }
    if (card.features().size() != config.inputSize()) {
      throw new IllegalArgumentException(
          "features of the card: expected "
              + config.inputSize()
              + " (inputSize of the weights), got "
              + card.features().size());
    }
    if (config.outputSize() != card.horizon()) {
      if (config.outputSize() != 1) {
        throw new IllegalArgumentException(
            "horizon of the card: expected "
                + config.outputSize()
                + " (outputs of the head), got "
                + card.horizon());
      }
      if (card.features().size() != 1) {
        throw new IllegalArgumentException(
            "horizon of the card: expected 1 (outputs of the head), got "
                + card.horizon()
                + "; a longer one is rolled out by feeding forecasts back, which needs the target"
                + " to be the only feature, got "
                + card.features().size()
                + " features");
      }
      if (card.features().get(0).formula().function() == Formula.Function.ELAPSED) {
        throw new IllegalArgumentException(
            "horizon of the card: expected 1 for a target of elapsed(), got " + card.horizon());
      }
    }
  }

  /** Whether forecasts beyond the first come from feeding forecasts back into the model. */
  boolean isRolledOut() {
    return weights.config().outputSize() != card.horizon();
  }

  /** Name, version, lookback and hash. */
  public ModelId id() {
    return new ModelId(card.name(), card.version(), card.lookback(), hash());
  }

  /**
   * 8 bytes of SHA-256 over the weights and the card, except its provenance, on which no forecast
   * depends.
   */
  private long hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (DataOutputStream out =
          new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
        writeCard(out);
        writeWeights(out);
      }
      return ByteBuffer.wrap(digest.digest()).getLong();
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("SHA-256 is part of every JDK", missing);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private void writeCard(DataOutputStream out) throws IOException {
    writeString(out, card.name());
    writeString(out, card.version());
    out.writeInt(card.lookback());
    out.writeInt(card.horizon());
    writeString(out, card.context().name());
    out.writeLong(card.gap() == null ? -1 : card.gap().toMillis());
    writeString(out, card.gapPolicy().name());
    writeString(out, card.target());
    for (Feature feature : card.features()) {
      writeString(out, feature.name());
      writeString(out, feature.formula().toString());
      writeString(out, feature.transform().name());
      out.writeDouble(feature.mean());
      out.writeDouble(feature.std());
      out.writeDouble(feature.clip());
      out.writeDouble(feature.reject());
    }
  }

  private void writeWeights(DataOutputStream out) throws IOException {
    for (LstmWeights.Layer layer : weights.layers()) {
      writeFloats(out, layer.weightIh());
      writeFloats(out, layer.weightHh());
      writeFloats(out, layer.biasIh());
      writeFloats(out, layer.biasHh());
      if (layer.h0() != null) {
        writeFloats(out, layer.h0());
        writeFloats(out, layer.c0());
      }
    }
    writeFloats(out, weights.headWeight());
    writeFloats(out, weights.headBias());
    writeFloats(out, affine == null ? null : affine.weight());
    writeFloats(out, affine == null ? null : affine.bias());
  }

  private static void writeString(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeFloats(DataOutputStream out, float @Nullable [] values)
      throws IOException {
    if (values == null) {
      out.writeInt(-1);
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    out.writeInt(values.length);
    out.write(bytes.array());
  }
}
