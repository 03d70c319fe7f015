package io.flinklstm.jobs.record.avro;

import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.record.PredictionWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes predictions in Avro's binary encoding, one datum per record, field by field in the order
 * of {@code config/schemas/prediction.avsc}.
 */
public final class PredictionAvro implements PredictionWriter {

  // Branches of the unions, which all begin with null.
  private static final int NULL = 0;
  private static final int VALUE = 1;

  private final byte[] frame; // before each datum
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
  private @Nullable BinaryEncoder avro; // null at first and after a failure: create one

  /** A writer of plain data. */
  public PredictionAvro() {
    this(new byte[0]);
  }

  /** A writer of Confluent's wire format, with the id of the predictions' schema. */
  public PredictionAvro(int schemaId) {
    this(ConfluentFrame.of(schemaId));
  }

  private PredictionAvro(byte[] frame) {
    this.frame = frame;
  }

  @Override
  public byte[] write(Prediction prediction) throws IOException {
    BinaryEncoder encoder = avro == null ? EncoderFactory.get().binaryEncoder(bytes, null) : avro;
    avro = null;
    bytes.reset();
    bytes.writeBytes(frame);
    write(prediction, encoder);
    encoder.flush();
    avro = encoder;
    return bytes.toByteArray();
  }

  private static void write(Prediction prediction, BinaryEncoder avro) throws IOException {
    avro.writeString(prediction.key());
    avro.writeLong(prediction.eventTime());
    avro.writeEnum(prediction.status().ordinal());
    if (prediction.reset() == null) {
      avro.writeIndex(NULL);
    } else {
      avro.writeIndex(VALUE);
      avro.writeEnum(prediction.reset().ordinal());
    }
    if (prediction.gapMs() > 0) {
      avro.writeIndex(VALUE);
      avro.writeLong(prediction.gapMs());
    } else {
      avro.writeIndex(NULL);
    }
    avro.writeString(prediction.model().name());
    avro.writeString(prediction.model().version());
    avro.writeLong(prediction.step());
    avro.writeDouble(prediction.lastValue());
    writeForecasts(prediction.forecasts(), avro);
    String predictionId = prediction.predictionId();
    if (predictionId == null) {
      avro.writeIndex(NULL);
    } else {
      avro.writeIndex(VALUE);
      avro.writeString(predictionId);
    }
  }

  private static void writeForecasts(double[] forecasts, BinaryEncoder avro) throws IOException {
    avro.writeArrayStart();
    avro.setItemCount(forecasts.length);
    for (int k = 0; k < forecasts.length; k++) {
      avro.startItem();
      avro.writeInt(k + 1);
      avro.writeDouble(forecasts[k]);
      avro.writeIndex(NULL); // lower_bound
      avro.writeIndex(NULL); // upper_bound
    }
    avro.writeArrayEnd();
  }
}
