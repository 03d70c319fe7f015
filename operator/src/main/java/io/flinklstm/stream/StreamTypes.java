package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourceRecord;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information for what flows between the operators, so nothing falls back to Kryo. */
@PublicEvolving
public final class StreamTypes {

  public static final TypeInformation<SourceRecord> SOURCE_RECORD =
      new ValueTypeInfo<>(SourceRecord.class, SourceRecordSerializer.INSTANCE);
  public static final TypeInformation<Observation> OBSERVATION =
      new ValueTypeInfo<>(Observation.class, ObservationSerializer.INSTANCE);
  public static final TypeInformation<Prediction> PREDICTION =
      new ValueTypeInfo<>(Prediction.class, PredictionSerializer.INSTANCE);
  public static final TypeInformation<DeadLetter> DEAD_LETTER =
      new ValueTypeInfo<>(DeadLetter.class, DeadLetterSerializer.INSTANCE);

  private StreamTypes() {}

  private static final class ValueTypeInfo<T> extends TypeInformation<T> {

    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final TypeSerializer<T> serializer;

    ValueTypeInfo(Class<T> type, TypeSerializer<T> serializer) {
      this.type = type;
      this.serializer = serializer;
    }

    @Override
    public Class<T> getTypeClass() {
      return type;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
      return serializer.duplicate();
    }

    @Override
    public boolean isBasicType() {
      return false;
    }

    @Override
    public boolean isTupleType() {
      return false;
    }

    @Override
    public int getArity() {
      return 1;
    }

    @Override
    public int getTotalFields() {
      return 1;
    }

    @Override
    public boolean isKeyType() {
      return false;
    }

    @Override
    public boolean canEqual(Object other) {
      return other instanceof ValueTypeInfo;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ValueTypeInfo<?> that && type == that.type;
    }

    @Override
    public int hashCode() {
      return type.hashCode();
    }

    @Override
    public String toString() {
      return type.getSimpleName();
    }
  }
}
