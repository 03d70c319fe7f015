package io.flinklstm.benchmarks.job;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.stream.StreamTypes;
import java.util.Arrays;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Emits a prediction of the same size for every observation without features, model or state:
 * measures the cost of the job around the forecast.
 */
final class PassThroughFunction extends KeyedProcessFunction<String, Observation, Prediction>
    implements ResultTypeQueryable<Prediction> {

  private static final long serialVersionUID = 1L;
  private static final long STEP = 12_345;
  private static final double FORECAST = 998.629912345678;

  private final ForecastModel model;

  private transient ModelId id;

  PassThroughFunction(ForecastModel model) {
    this.model = model;
  }

  @Override
  public void open(OpenContext context) {
    id = model.id();
  }

  @Override
  public void processElement(Observation observation, Context context, Collector<Prediction> out) {
    double[] forecasts = new double[model.card().horizon()];
    Arrays.fill(forecasts, FORECAST);
    out.collect(
        new Prediction(
            observation.key(),
            observation.eventTime(),
            id,
            null,
            0,
            STEP,
            observation.values()[0],
            forecasts,
            observation.position(),
            0));
  }

  @Override
  public TypeInformation<Prediction> getProducedType() {
    return StreamTypes.PREDICTION;
  }
}
