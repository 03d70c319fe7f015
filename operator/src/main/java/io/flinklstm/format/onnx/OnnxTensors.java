package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntToLongFunction;

/** Reads the constants of an ONNX file. */
final class OnnxTensors {

  private OnnxTensors() {}

  /** Parses a tensor in a file of its own, such as ONNX's test data. */
  static TensorProto parse(byte[] file, String name) {
    try {
      return TensorProto.parseFrom(file);
    } catch (InvalidProtocolBufferException e) {
      throw new ModelFileException(
          "value of input " + name + ": expected a serialized TensorProto, got: " + e.getMessage(),
          e);
    }
  }

  /**
   * The numbers of a tensor.
   *
   * @param where its name and file, for messages
   */
  static OnnxValue read(TensorProto tensor, String where) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || tensor.getExternalDataCount() > 0) {
      throw new ModelFileException(
          where
              + ": expected data within the file, got external data; save the model as one file"
              + " (torch.onnx.export(..., external_data=False), onnx.save_model)");
    }
    if (tensor.hasSegment()) {
      throw new ModelFileException(where + ": expected a whole tensor, got a segment");
    }
    int[] shape = new int[tensor.getDimsCount()];
    long size = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      long dimension = tensor.getDims(axis);
      if (dimension < 0 || dimension > Integer.MAX_VALUE || size > Integer.MAX_VALUE) {
        throw tooLarge(tensor, where);
      }
      shape[axis] = (int) dimension;
      size *= dimension;
    }
    if (size > Integer.MAX_VALUE) {
      throw tooLarge(tensor, where);
    }
    return new OnnxValue(valueType(tensor, where), shape, elements(tensor, size, where));
  }

  /** The number of elements that a tensor claims to have, limited by its serialized size. */
  static long sizeOf(TensorProto tensor) {
    long size = 1;
    for (long dimension : tensor.getDimsList()) {
      size =
          Math.min(size * Math.max(0, Math.min(dimension, Integer.MAX_VALUE)), Integer.MAX_VALUE);
    }
    return Math.min(size, tensor.getSerializedSize() * 8L);
  }

  private static ModelFileException tooLarge(TensorProto tensor, String where) {
    return new ModelFileException(
        where + ": expected fewer than 2^31 numbers, got shape " + tensor.getDimsList());
  }

  private static OnnxValue.Type valueType(TensorProto tensor, String where) {
    return switch (tensor.getDataType()) {
      case TensorProto.DataType.FLOAT_VALUE -> OnnxValue.Type.FLOAT;
      case TensorProto.DataType.FLOAT16_VALUE, TensorProto.DataType.BFLOAT16_VALUE ->
          OnnxValue.Type.HALF;
      case TensorProto.DataType.DOUBLE_VALUE -> OnnxValue.Type.DOUBLE;
      case TensorProto.DataType.INT64_VALUE,
          TensorProto.DataType.INT32_VALUE,
          TensorProto.DataType.INT16_VALUE,
          TensorProto.DataType.INT8_VALUE,
          TensorProto.DataType.UINT16_VALUE,
          TensorProto.DataType.UINT8_VALUE,
          TensorProto.DataType.BOOL_VALUE ->
          OnnxValue.Type.INTEGER;
      default ->
          throw new ModelFileException(
              where
                  + ": expected floating-point numbers or integers, got "
                  + typeName(tensor.getDataType()));
    };
  }

  /** The numbers, from raw bytes or from the field for their type. */
  private static long[] elements(TensorProto tensor, long size, String where) {
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    boolean isRaw = !tensor.getRawData().isEmpty();
    int type = tensor.getDataType();
    return switch (type) {
      case TensorProto.DataType.FLOAT_VALUE ->
          isRaw
              ? raw(tensor, size, 4, where, k -> bits(raw.getFloat(4 * k)))
              : typed(tensor.getFloatDataCount(), size, where, k -> bits(tensor.getFloatData(k)));
      case TensorProto.DataType.DOUBLE_VALUE ->
          isRaw
              ? raw(tensor, size, 8, where, k -> bits(raw.getDouble(8 * k)))
              : typed(tensor.getDoubleDataCount(), size, where, k -> bits(tensor.getDoubleData(k)));
      case TensorProto.DataType.INT64_VALUE ->
          isRaw
              ? raw(tensor, size, 8, where, k -> raw.getLong(8 * k))
              : typed(tensor.getInt64DataCount(), size, where, tensor::getInt64Data);
      case TensorProto.DataType.INT32_VALUE ->
          isRaw
              ? raw(tensor, size, 4, where, k -> raw.getInt(4 * k))
              : typed(tensor.getInt32DataCount(), size, where, tensor::getInt32Data);
      case TensorProto.DataType.FLOAT16_VALUE, TensorProto.DataType.BFLOAT16_VALUE ->
          isRaw
              ? raw(tensor, size, 2, where, k -> halfBits(type, raw.getShort(2 * k)))
              : typed(
                  tensor.getInt32DataCount(),
                  size,
                  where,
                  k -> halfBits(type, (short) tensor.getInt32Data(k)));
      case TensorProto.DataType.INT16_VALUE ->
          isRaw
              ? raw(tensor, size, 2, where, k -> raw.getShort(2 * k))
              : typed(tensor.getInt32DataCount(), size, where, tensor::getInt32Data);
      case TensorProto.DataType.UINT16_VALUE ->
          isRaw
              ? raw(tensor, size, 2, where, k -> raw.getShort(2 * k) & 0xffff)
              : typed(tensor.getInt32DataCount(), size, where, tensor::getInt32Data);
      case TensorProto.DataType.INT8_VALUE ->
          isRaw
              ? raw(tensor, size, 1, where, raw::get)
              : typed(tensor.getInt32DataCount(), size, where, tensor::getInt32Data);
      default -> // UINT8, BOOL
          isRaw
              ? raw(tensor, size, 1, where, k -> raw.get(k) & 0xff)
              : typed(tensor.getInt32DataCount(), size, where, tensor::getInt32Data);
    };
  }

  private static long[] raw(
      TensorProto tensor, long size, int bytes, String where, IntToLongFunction element) {
    int there = tensor.getRawData().size();
    if (there != size * bytes) {
      throw new ModelFileException(
          where
              + ": expected "
              + size * bytes
              + " bytes ("
              + typeName(tensor.getDataType())
              + " of shape "
              + tensor.getDimsList()
              + "), got "
              + there);
    }
    return collect((int) size, element);
  }

  private static long[] typed(int there, long size, String where, IntToLongFunction element) {
    if (there != size) {
      throw new ModelFileException(where + ": expected " + size + " numbers, got " + there);
    }
    return collect(there, element);
  }

  private static long[] collect(int size, IntToLongFunction element) {
    long[] elements = new long[size];
    for (int k = 0; k < size; k++) {
      elements[k] = element.applyAsLong(k);
    }
    return elements;
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static long halfBits(int type, short bits) {
    return bits(
        type == TensorProto.DataType.BFLOAT16_VALUE ? Tensor.brainFloat(bits) : Tensor.half(bits));
  }

  /** A data type as the ONNX documentation names it. */
  static String typeName(int type) {
    TensorProto.DataType known = TensorProto.DataType.forNumber(type);
    return known == null ? "data type " + type : known.name();
  }
}
