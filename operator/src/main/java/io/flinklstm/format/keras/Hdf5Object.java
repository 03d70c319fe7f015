package io.flinklstm.format.keras;

import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A group or dataset of an {@link Hdf5File}, as its header's messages describe it. */
final class Hdf5Object {

  private static final int DATASPACE = 1;
  private static final int LINK_INFO = 2;
  private static final int DATATYPE = 3;
  private static final int LINK = 6;
  private static final int EXTERNAL_STORAGE = 7;
  private static final int LAYOUT = 8;
  private static final int FILTERS = 11;
  private static final int ATTRIBUTE = 12;
  private static final int CONTINUATION = 16;
  private static final int SYMBOL_TABLE = 17;

  private static final int MAX_MESSAGES = 1000;
  private static final List<String> STORAGE =
      List.of("compact", "contiguous", "chunked", "virtual");

  private final Hdf5File file;
  private final String path;
  private final List<Message> messages;
  private @Nullable Map<String, Hdf5Attribute> attributes; // by name; null: not read yet

  private Hdf5Object(Hdf5File file, String path, List<Message> messages) {
    this.file = file;
    this.path = path;
    this.messages = messages;
  }

  private record Message(int type, boolean shared, ByteBuffer body) {}

  static Hdf5Object read(Hdf5File file, String path, long address) {
    ByteBuffer prefix = file.at(address, 16);
    if (prefix.get(0) != 1) {
      throw file.broken("expected object headers of version 1, got another at " + address);
    }
    List<Message> messages = new ArrayList<>();
    Deque<ByteBuffer> blocks = new ArrayDeque<>();
    blocks.add(file.at(address + 16, Integer.toUnsignedLong(prefix.getInt(8))));
    while (!blocks.isEmpty()) {
      ByteBuffer block = blocks.remove();
      while (block.remaining() >= 8) {
        Message message = next(block);
        if (message.type == CONTINUATION) {
          blocks.add(file.at(message.body.getLong(0), message.body.getLong(8)));
        } else {
          messages.add(message);
        }
        if (messages.size() > MAX_MESSAGES) {
          throw file.broken("expected at most " + MAX_MESSAGES + " messages of " + path);
        }
      }
    }
    Hdf5Object object = new Hdf5Object(file, path, messages);
    object.checkLinks();
    return object;
  }

  private static Message next(ByteBuffer block) {
    int begin = block.position();
    int size = Short.toUnsignedInt(block.getShort(begin + 2));
    boolean shared = (block.get(begin + 4) & 2) != 0;
    ByteBuffer body = block.slice(begin + 8, size).order(ByteOrder.LITTLE_ENDIAN);
    block.position(begin + 8 + size);
    return new Message(block.getShort(begin), shared, body);
  }

  private void checkLinks() {
    for (Message message : messages) {
      if (message.type == LINK || message.type == LINK_INFO) {
        throw refused("expected a group with a symbol table, got one that can hold external links");
      }
    }
  }

  boolean isDataset() {
    return find(DATASPACE) != null;
  }

  /** Addresses of the B-tree and of the heap of names if this is a group, or null. */
  @Nullable ByteBuffer symbolTable() {
    return isDataset() ? null : find(SYMBOL_TABLE);
  }

  /**
   * The dataset's numbers, which share the file's bytes.
   *
   * @throws ModelFileException if they are not floating-point numbers, or not contiguous
   */
  Tensor tensor() {
    return whole(this::readTensor);
  }

  /** The dataset's shape. See {@link #tensor}. */
  List<Long> shape() {
    return whole(() -> Hdf5Type.shape(require(DATASPACE)));
  }

  /** Descriptions state their own lengths, which may exceed the bytes that are left. */
  private <T> T whole(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IndexOutOfBoundsException e) {
      throw refused("expected whole descriptions, got one that ends too early");
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  private Tensor readTensor() {
    List<Long> shape = shape();
    ByteBuffer type = require(DATATYPE);
    Tensor.Dtype dtype = Hdf5Type.floatingPoint(type);
    if (dtype == null) {
      throw refused("expected little-endian float32 or float64, got " + Hdf5Type.describe(type));
    }
    if (find(EXTERNAL_STORAGE) != null) {
      throw refused("expected its numbers in the file itself, got external storage");
    }
    ByteBuffer layout = require(LAYOUT);
    int storage = layout.get(1);
    if (layout.get(0) != 3 || storage != 1 || find(FILTERS) != null) {
      throw refused(
          "expected contiguous storage without filters, as Keras writes it, got "
              + (storage >= 0 && storage < STORAGE.size() ? STORAGE.get(storage) : "other")
              + " storage"
              + (find(FILTERS) != null ? " with filters (compression)" : "")
              + "; load the model in Keras and save it again");
    }
    long size = layout.getLong(10);
    long expected = dtype.bytes;
    for (long dimension : shape) {
      expected = Math.min(expected * dimension, Integer.MAX_VALUE + 1L);
    }
    if (size != expected) {
      throw refused(
          "expected " + expected + " bytes (" + dtype + " of shape " + shape + "), got " + size);
    }
    return new Tensor(dtype, shape, file.at(layout.getLong(2), size));
  }

  /**
   * An attribute's strings.
   *
   * @return null if there is no such attribute
   */
  @Nullable List<String> strings(String name) {
    return whole(() -> readStrings(name));
  }

  private @Nullable List<String> readStrings(String name) {
    if (attributes == null) {
      attributes = readAttributes();
    }
    Hdf5Attribute attribute = attributes.get(name);
    return attribute == null ? null : attribute.strings(file);
  }

  private Map<String, Hdf5Attribute> readAttributes() {
    Map<String, Hdf5Attribute> read = new HashMap<>();
    for (Message message : messages) {
      if (message.type == ATTRIBUTE) {
        Hdf5Attribute attribute = Hdf5Attribute.read(message.body);
        read.putIfAbsent(attribute.name(), attribute);
      }
    }
    return read;
  }

  private ByteBuffer require(int type) {
    ByteBuffer body = find(type);
    if (body == null) {
      throw refused("expected a dataset, got a group or one without message " + type);
    }
    return body;
  }

  private @Nullable ByteBuffer find(int type) {
    for (Message message : messages) {
      if (message.type == type) {
        if (message.shared) {
          throw refused("expected a type and a shape of its own, got a shared one");
        }
        return message.body;
      }
    }
    return null;
  }

  private ModelFileException refused(String message) {
    return new ModelFileException(
        (path.isEmpty() ? "root group" : path) + " in " + file.fileName() + ": " + message);
  }
}
