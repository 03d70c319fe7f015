package io.flinklstm.jobs.config;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.weights.ModelFileException;

/** Reads the model when the job is submitted. */
public final class ModelLoader {

  private ModelLoader() {}

  /**
   * @throws JobConfigurationException if the model cannot be read or used
   */
  public static ForecastModel load(ForecastJobConfig config) {
    String path = config.get(ForecastJobOptions.MODEL_PATH);
    byte[] file = SubmittedFile.read(path, ForecastJobOptions.MODEL_PATH);
    String cardPath = config.getOrNull(ForecastJobOptions.MODEL_CARD);
    try {
      return cardPath == null
          ? ModelFiles.read(file, path)
          : ModelFiles.read(
              file, path, SubmittedFile.read(cardPath, ForecastJobOptions.MODEL_CARD), cardPath);
    } catch (ModelFileException e) {
      throw new JobConfigurationException(
          ForecastJobOptions.MODEL_PATH.key()
              + (cardPath == null ? "" : " with " + ForecastJobOptions.MODEL_CARD.key())
              + ": "
              + ModelCure.message(e, ForecastJobOptions.MODEL_CARD.key()),
          e);
    }
  }
}
