package io.flinklstm.local.demo;

import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.Facts;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.embedded.EmbeddedBroker;
import io.flinklstm.local.embedded.EmbeddedJob;
import io.flinklstm.local.embedded.WorkDirectory;
import io.flinklstm.local.ticks.CsvTicks;
import io.flinklstm.local.ticks.ReplayCommand;
import io.flinklstm.local.ticks.Tick;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a broker, a cluster and the job in this JVM, on a week of real trades. */
@Command(
    name = "demo",
    description = {
      "Starts a Kafka broker and a Flink cluster in this JVM, runs the forecast job on them with"
          + " the bundled model, replays a week of real BTC/USD trades, and shows what comes out."
    },
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

  private static final String DATA = "data/bitstamp_trades_from_20131125_usd.csv.gz";
  private static final String MODEL = "model/bitstamp-btcusd.safetensors";
  private static final int TRADES = 100_000;
  private static final int MAX_KEYS = 1_000;
  private static final int INDENT = 2;

  /** Width of the name column of the facts that the demo prints, some of them one by one. */
  static final int NAME_WIDTH = 15;

  private final Resources resources;

  @Option(
      names = "--keys",
      defaultValue = "1",
      description =
          "Replay the trades under this many keys, 1 to 1000, with staggered starts. Default: 1.")
  private int keys;

  @Option(
      names = "--rows",
      defaultValue = "" + TRADES,
      description = "Number of trades to replay, from the first. Default: all ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--speed",
      defaultValue = "max",
      converter = ReplayCommand.Speed.class,
      description =
          "Pace: 1x follows the event times, 60x is a minute per second, max is as fast as"
              + " possible. Default: ${DEFAULT-VALUE}.")
  private double speed;

  @Option(
      names = "--keep-running",
      description = "Keep the broker, job and web interface running at the end, until Ctrl-C.")
  private boolean keepRunning;

  public DemoCommand(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Integer call() throws Exception {
    if (keys < 1 || keys > MAX_KEYS || rows < 1 || rows > TRADES) {
      throw new IllegalArgumentException(
          "expected --keys of 1 to "
              + MAX_KEYS
              + " and --rows of 1 to "
              + TRADES
              + ", got "
              + keys
              + " and "
              + rows);
    }
    WorkDirectory work = resources.add(WorkDirectory.create());
    Terminal.print("flink-lstm demo: every key of a Kafka topic gets its own LSTM state.");
    System.out.println();
    announce("Kafka broker");
    EmbeddedBroker broker = resources.add(new EmbeddedBroker(work.folder("kafka")));
    int partitions = Runtime.getRuntime().availableProcessors();
    broker.createTopics(
        partitions, List.of("ticks", "predictions", "ticks.late", "ticks.dead-letters"));
    fact("Kafka broker", broker.bootstrapServers());
    fact("Topics", "ticks, predictions, ticks.late, ticks.dead-letters");
    announce("Flink job");
    EmbeddedJob job =
        resources.add(
            EmbeddedJob.start(
                work.folder("flink"),
                Map.of(
                    "execution.buffer-timeout.interval", "5 ms", "restart-strategy.type", "none"),
                "--lstm.kafka.bootstrap-servers",
                broker.bootstrapServers(),
                "--lstm.model.path",
                unpackModel(work).toString()));
    fact("Flink job", "running, web interface at " + job.webAddress());
    fact("Kernel", job.kernel());
    fact(
        "Replaying",
        String.format(
            Locale.ROOT,
            "%,d real BTC/USD trades (Bitstamp, 2013) under %d key%s",
            rows,
            keys,
            keys == 1 ? "" : "s"));
    System.out.println();
    DemoRun run = new DemoRun(broker.bootstrapServers(), job, resources);
    boolean balanced = run.run(readTrades(), keys, speed);
    System.out.println();
    if (keepRunning) {
      Terminal.print(
          String.format(
              Locale.ROOT,
              "Broker %s and web interface %s keep running; stop with Ctrl-C. In another terminal:",
              broker.bootstrapServers(),
              job.webAddress()));
      CommandText.print(
          "consume", "--bootstrap-server", broker.bootstrapServers(), "--from-beginning");
      job.await();
    } else {
      new Facts()
          .add(
              "Your own ticks:",
              CommandText.name()
                  + " demo --keep-running, then as README.md says under Five minutes")
          .add(
              "Your own model:",
              CommandText.name() + " model inspect FILE (ONNX, Keras or safetensors)")
          .print();
    }
    return balanced ? 0 : 1;
  }

  private static void fact(String name, String value) {
    new Facts(INDENT, NAME_WIDTH).add(name, value).print();
  }

  /** On a terminal, shows what is starting, to be overwritten once it has started. */
  private static void announce(String what) {
    if (Terminal.isThere()) {
      System.out.printf(Locale.ROOT, "  %-16s starting ...\r", what);
      System.out.flush();
    }
  }

  private static Path unpackModel(WorkDirectory work) throws IOException {
    Path path = work.folder("model").resolve("bitstamp-btcusd.safetensors");
    try (InputStream in = resource(MODEL)) {
      Files.copy(in, path, StandardCopyOption.REPLACE_EXISTING);
    }
    return path;
  }

  private List<Tick> readTrades() throws IOException {
    List<Tick> trades = new ArrayList<>(rows);
    try (CsvTicks ticks =
        new CsvTicks(
            resource(DATA),
            DATA,
            new CsvTicks.Columns(
                null, "BTCUSD", "timestamp", io.flinklstm.jobs.record.TimeFormat.S))) {
      while (ticks.hasNext() && trades.size() < rows) {
        trades.add(ticks.next());
      }
    }
    return trades;
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = DemoCommand.class.getClassLoader().getResourceAsStream(name);
    if (in == null) {
      throw new IOException("expected " + name + " in the jar, got none");
    }
    return in;
  }
}
