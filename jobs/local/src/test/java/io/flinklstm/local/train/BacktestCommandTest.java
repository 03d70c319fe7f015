package io.flinklstm.local.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.TickFiles;
import io.flinklstm.local.ticks.PredictionRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktestCommandTest {

  private static final String EVIL = "</script><b>x";

  @TempDir private Path folder;

  private Path data;
  private Path model;
  private String report; // of the training

  @BeforeEach
  void train() throws Exception {
    data = TickFiles.csv(folder.resolve("ticks.csv"), 1000, "a", EVIL);
    Path config = Files.writeString(folder.resolve("train.yaml"), TickFiles.CONFIG);
    model = folder.resolve("model.safetensors");
    CommandRun run = run("train", data, "--config", config.toString(), "--out", model.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    report = run.out().substring(run.out().indexOf("Backtest on part"));
  }

  private static CommandRun run(String command, Path data, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "--data", data.toString()));
    arguments.addAll(List.of("--key-field", "symbol", "--time-field", "ts", "--time-format", "s"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun backtest(String... more) {
    List<String> arguments = new ArrayList<>(List.of("--model", model.toString()));
    arguments.addAll(List.of(more));
    return run("backtest", data, arguments.toArray(String[]::new));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void saysAgainWhatTheTrainingSaidAtItsEnd() {
    CommandRun run = backtest();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("Model  small version 1 (").endsWith(report);
    assertThat(report)
        .contains("\"test\": 398 forecasts, 2020-09-13T12:40:00Z to 2020-09-13T12:43:19Z")
        .contains("\na ")
        .contains("\n" + EVIL)
        .containsPattern("Squared error [0-9.]+ % (below|above) \"no change\" \\(t = ");
  }

  @Test
  void tellsAllOfItInJson() throws Exception {
    CommandRun run = backtest("--json", file("r.json"));
    assertThat(run.out()).endsWith("Written to " + file("r.json") + "\n");
    JsonNode json = new ObjectMapper().readTree(folder.resolve("r.json").toFile());
    assertThat(report).contains(json.path("verdict").asText());
    assertThat(json.path("data").path("part").asText()).isEqualTo("test");
    assertThat(json.path("data").path("rows").asInt()).isEqualTo(2000);
    assertThat(json.path("horizons")).hasSize(2);
    assertThat(json.path("keys")).hasSize(2);
    JsonNode step = json.path("keys").path(1).path("horizons").path(0);
    assertThat(step.path("horizon_step").asInt()).isEqualTo(1);
    for (String name : List.of("mse", "rmse", "mae", "scaled_squared")) {
      assertThat(step.path("model").path(name).doubleValue()).as(name).isPositive();
    }
    assertThat(step.path("model").path("mape").path("count").asInt()).isEqualTo(199);
    assertThat(step.path("no_change").path("skill").isNumber()).isTrue();
    assertThat(step.path("ridge").path("t").isNumber()).isTrue();
    // What several streams do not have together is null, not NaN, which is not JSON.
    assertThat(json.path("mean").path("model").path("mse").isNull()).isTrue();
    assertThat(json.path("calibration").path("horizons").path(1).path("intervals")).hasSize(4);
  }

  @Test
  void drawsAPageThatNeedsNothingElseAndNamesThatCannotBreakIt() throws Exception {
    assertThat(backtest("--html", file("r.html")).exitCode()).isZero();
    String html = Files.readString(folder.resolve("r.html"));
    assertThat(html)
        .contains("default-src 'none'")
        .contains("Copyright (c) 2022 Leon Sorokin") // the licence of the plots' script
        .doesNotContain(EVIL)
        .doesNotContain("{{")
        .doesNotContainPattern("<(link|script|img)[^>]*(src|href)=\"(?!data:)");
    Matcher json =
        Pattern.compile("<script type=\"application/json\" id=\"report\">(.*?)</script>")
            .matcher(html);
    assertThat(json.find()).isTrue();
    JsonNode tree = new ObjectMapper().readTree(json.group(1));
    assertThat(tree.path("keys").path(0).path("key").asText()).isEqualTo(EVIL);
    assertThat(tree.path("plots").path(0).path("actual").size()).isPositive();
  }

  @Test
  void judgesOtherPartsAndSplits() {
    assertThat(backtest("--part", "validation").out()).contains("\"validation\": 198 forecasts");
    assertThat(backtest("--part", "all").out())
        .contains("\"all\": 1,978 forecasts")
        .contains("Note: some of the judged rows were seen in training.");
    assertThat(backtest("--split", "0.5,0.1,0.4").out()).contains("\"test\": 798 forecasts");
    assertThat(backtest("--split", "500,100,100").out()).contains("\"test\": 198 forecasts");
    assertThat(backtest("--split", "0.5,0.5").err())
        .contains("--split: expected three numbers, got 2");
    assertThat(backtest("--split", "0.9,0.5,0.4").err()).contains("expected three shares");
    assertThat(backtest("--split", "999,1,0").out()).contains("Nothing could be judged");
  }

  @Test
  void writesThePredictionsOfThePartAsTheJobDoes() throws Exception {
    assertThat(backtest("--predictions", file("p.jsonl")).exitCode()).isZero();
    List<String> lines = Files.readAllLines(folder.resolve("p.jsonl"));
    assertThat(lines).hasSizeBetween(400, 404);
    PredictionRecord first = PredictionRecord.parse(lines.get(0).getBytes());
    assertThat(first.key()).isEqualTo(EVIL);
    assertThat(first.forecasts()).hasSize(2);
    assertThat(first.step()).isBetween(799L, 801L);
  }

  @Test
  void takesACardBesideTheModelAndSaysWhenDataAreOthers() throws Exception {
    assertThat(backtest().out()).doesNotContain("Note:");
    Path other = TickFiles.csv(folder.resolve("other.csv"), 900, "c");
    CommandRun run =
        run(
            "backtest",
            other,
            "--model",
            model.toString(),
            "--card",
            Files.write(
                    folder.resolve("card.json"),
                    ModelCardJson.write(ModelFiles.read(Files.readAllBytes(model), "m").card())
                        .getBytes())
                .toString());
    assertThat(run.out()).contains("Note: not the data that the model was trained on;");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void writesOverNothing() throws Exception {
    Files.writeString(folder.resolve("r.html"), "precious");
    for (String option : Arrays.asList("--html", "--json", "--predictions")) {
      CommandRun run = backtest(option, file("r.html"));
      assertThat(run.err()).contains(option + ": expected no file at").contains("--force");
      assertThat(run.exitCode()).isNotZero();
    }
    assertThat(folder.resolve("r.html")).hasContent("precious");
    assertThat(backtest("--html", file("r.html"), "--force").exitCode()).isZero();
    assertThat(Files.size(folder.resolve("r.html"))).isGreaterThan(10_000);
  }
}
