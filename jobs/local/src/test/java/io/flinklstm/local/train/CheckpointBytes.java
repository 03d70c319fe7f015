package io.flinklstm.local.train;

import io.flinklstm.forecast.Observation;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.local.ticks.CsvTicks;
import io.flinklstm.local.ticks.Tick;
import io.flinklstm.train.Trainer;
import io.flinklstm.train.TrainingState;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Scalers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checkpoint as the command writes it, of a training that was interrupted. */
final class CheckpointBytes {

  private CheckpointBytes() {}

  static byte[] after(int epochs, TrainingConfig plan, Path data, Path folder) {
    try {
      History history = new History(1);
      try (CsvTicks ticks =
          new CsvTicks(
              Files.newInputStream(data),
              "data",
              new CsvTicks.Columns("symbol", null, "ts", TimeFormat.S))) {
        while (ticks.hasNext()) {
          Tick tick = ticks.next();
          double price = Double.parseDouble(tick.values().get(tick.names().indexOf("price")));
          history.add(Observation.of(tick.key(), tick.eventTime(), price));
        }
      }
      Dataset dataset =
          Dataset.of(
              history,
              Scalers.fit(plan.card(), plan.scaled(), history, plan.split()),
              plan.split());
      String model = folder.resolve("interrupted").toString();
      TrainingCheckpoint checkpoint =
          TrainingCheckpoint.of(model, new TrainingProvenance(plan, history).plan());
      Trainer trainer = new Trainer(dataset, plan.options(), null);
      trainer.run(
          trainer.begin(),
          new Trainer.Listener() {
            private boolean goesOn = true;

            @Override
            public boolean onBatch(int epoch, int batch, int batches, double loss) {
              return goesOn;
            }

            @Override
            public void onEpoch(TrainingState state) {
              checkpoint.write(state);
              goesOn = state.epochs().size() < epochs;
            }
          });
      byte[] bytes = Files.readAllBytes(Path.of(checkpoint.name()));
      checkpoint.delete();
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
