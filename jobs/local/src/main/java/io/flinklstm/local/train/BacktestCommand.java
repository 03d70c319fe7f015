package io.flinklstm.local.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.jobs.record.json.PredictionLines;
import io.flinklstm.local.console.Facts;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.console.OutputFile;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.history.DataOptions;
import io.flinklstm.local.history.DatasetFacts;
import io.flinklstm.local.report.ReportOptions;
import io.flinklstm.math.KernelType;
import io.flinklstm.train.backtest.Backtest;
import io.flinklstm.train.backtest.BacktestReport;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Split;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Judges a model on historical data. */
@Command(
    name = "backtest",
    description = {
      "Judges a model on CSV files or a topic: makes its forecasts event by event, as the job"
          + " does, and compares them with \"no change\" and with a ridge regression that is fitted"
          + " to the training part of the data.",
      "The columns \"against no change\" and \"against ridge\" show how much lower the squared"
          + " error is (above 0 the model is better), and the t value of Diebold and Mariano;"
          + " between -2 and 2 there is no evidence of a difference. The errors compared are those"
          + " of the move from the last value, in variances of each stream's training rows."
    },
    mixinStandardHelpOptions = true)
public final class BacktestCommand implements Callable<Integer> {

  private final Resources resources;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "The model: a safetensors, ONNX or Keras file.")
  private String model;

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description =
          "The model card, YAML or JSON. Overrides the card in the model file; required if there is"
              + " none.")
  private String card;

  @Mixin private DataOptions data;

  @Option(
      names = "--split",
      split = ",",
      paramLabel = "TRAIN,VALIDATION,TEST",
      hideParamSyntax = true,
      description =
          "How each stream's rows are split, as shares or as numbers of rows. Default: as in the"
              + " model's training, or 0.7,0.1,0.2.")
  private double[] split;

  @Option(
      names = "--part",
      defaultValue = "test",
      description = "The part to judge: train, validation, test or all. Default: ${DEFAULT-VALUE}.")
  private Split.Part part;

  @Mixin private ReportOptions report;

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      description = "Also write the part's predictions as the job does, one line of JSON each.")
  private String predictions;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  public BacktestCommand(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Integer call() throws Exception {
    report.check(force, predictions == null ? new String[0] : new String[] {predictions});
    OutputFile lines =
        predictions == null ? null : new OutputFile("--predictions", predictions, force);
    ForecastModel judged = model();
    JsonNode provenance = provenance(judged);
    Split parts = split(provenance);
    History history = data.read(judged.card().fields(), resources);
    String sha256 = history.sha256();
    String trained = provenance.path("data_sha256").asText();
    if (!trained.isEmpty() && !trained.equals(sha256)) {
      Terminal.print(
          "Note: not the data that the model was trained on; whether they overlap is unknown.");
    } else if (!trained.isEmpty()
        && (split != null && !parts.equals(trainedSplit(provenance)) || part != Split.Part.TEST)) {
      Terminal.print("Note: some of the judged rows were seen in training.");
    }
    Dataset dataset = Dataset.of(history, judged.card(), parts);
    DatasetFacts.warnings(dataset).forEach(Terminal::print);
    Backtest backtest = new Backtest(judged, KernelType.AUTO.create());
    BacktestReport[] result = new BacktestReport[1];
    if (lines == null) {
      result[0] = backtest.run(dataset, part, sha256);
    } else {
      lines.write(out -> result[0] = backtest.run(dataset, part, sha256, new PredictionLines(out)));
    }
    new Facts()
        .add("Model", judged.id().toString())
        .add("Data", DatasetFacts.data(dataset))
        .print();
    report.show(result[0], force);
    if (lines != null) {
      Terminal.print("Written to " + predictions);
    }
    return 0;
  }

  private ForecastModel model() {
    ModelFile file = ModelFiles.open(new InputFile("--model", model).read(), model);
    return card == null
        ? file.model()
        : file.model(ModelCardYaml.read(new InputFile("--card", card).read(), card));
  }

  private static JsonNode provenance(ForecastModel model) {
    try {
      return new ObjectMapper().readTree(model.card().provenance());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("provenance of the model card: expected JSON", e);
    }
  }

  /** The split that was given, or that of the training, or the default. */
  private Split split(JsonNode provenance) {
    if (split != null) {
      if (split.length != 3) {
        throw new IllegalArgumentException("--split: expected three numbers, got " + split.length);
      }
      return new Split(split[0], split[1], split[2]);
    }
    Split trained = trainedSplit(provenance);
    return trained == null ? Split.DEFAULT : trained;
  }

  /** The split of the model's training, or null if it is not known. */
  private static Split trainedSplit(JsonNode provenance) {
    JsonNode trained = provenance.path("split");
    return trained.path("train").isNumber()
        ? new Split(
            trained.path("train").doubleValue(),
            trained.path("validation").doubleValue(),
            trained.path("test").doubleValue())
        : null;
  }
}
