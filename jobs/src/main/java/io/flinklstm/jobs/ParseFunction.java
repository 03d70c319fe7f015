package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.StreamTypes;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Makes observations of records; records of which none can be made leave as dead letters. */
final class ParseFunction extends ProcessFunction<SourceRecord, Observation>
    implements ResultTypeQueryable<Observation> {

  private static final long serialVersionUID = 1L;

  private final List<String> fields;
  private final RecordFormat format;

  private transient ObservationJson parser;
  private transient Counter deadLetters;

  ParseFunction(List<String> fields, RecordFormat format) {
    this.fields = fields;
    this.format = format;
  }

  @Override
  public void open(OpenContext openContext) {
    parser = new ObservationJson(fields, format);
    MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("lstm");
    deadLetters = metrics.counter("deadLetters");
  }

  @Override
  public void processElement(SourceRecord record, Context context, Collector<Observation> out) {
    try {
      out.collect(parser.parse(record));
    } catch (RejectedRecordException e) {
      deadLetters.inc();
      context.output(
          LstmForecastFunction.DEAD_LETTERS,
          new DeadLetter(DeadLetter.PARSE, e.rejection(), null, record));
    }
  }

  @Override
  public TypeInformation<Observation> getProducedType() {
    return StreamTypes.OBSERVATION;
  }
}
