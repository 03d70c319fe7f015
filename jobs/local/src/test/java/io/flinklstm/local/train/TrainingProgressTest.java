package io.flinklstm.local.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.local.console.Progress;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.train.TrainingOptions;
import io.flinklstm.train.TrainingState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingProgressTest {

  private static final int COLUMNS = 60;

  @ParameterizedTest
  @ValueSource(doubles = {0.123456, 9999.9, 1.23456789e15, -1e300, Double.NaN})
  void linesFitTheTerminalWhole(double loss) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    long[] nanos = {0};
    Progress terminal = new Progress(out, () -> COLUMNS, () -> nanos[0] += 1_000_000_000);
    TrainingProgress progress = new TrainingProgress(out, 10_000, state -> {}, terminal);
    progress.onBatch(9_998, 1, 1_000, loss);
    assertThat(bytes.toString(UTF_8)).endsWith(" left at most");
    TrainingState state =
        TrainingState.begin(
            new LstmConfig(1, 1, 1, 1), TrainingOptions.defaults(ModelCard.Context.CARRY));
    state.epochs().add(new TrainingState.Epoch(loss, loss));
    progress.onEpoch(state);
    state.epochs().add(new TrainingState.Epoch(loss, loss));
    progress.onEpoch(state);
    assertThat(bytes.toString(UTF_8).split("[\r\n]+")).allMatch(line -> line.length() < COLUMNS);
  }
}
