package io.flinklstm.format.keras;

import io.flinklstm.format.weights.ModelFileException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The groups and datasets of an HDF5 file, limited to the part of the format [1] that Keras writes:
 * superblock 0, object headers of version 1, groups with a symbol table. Everything else is
 * refused.
 *
 * <p>The file is not trusted. Every piece is read through {@link #at}, which checks it against the
 * file's real size and counts its bytes: a sound file is read once, so reading more than twice its
 * size means going in circles. This bounds time and memory, whatever the addresses say.
 *
 * <p>[1] The HDF Group: HDF5 File Format Specification Version 3.0, sections II.A to IV.A
 */
final class Hdf5File {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_NAME = 1024;
  private static final int ALWAYS_ALLOWED = 1 << 20;
  private static final int PIECE = 16; // bytes counted for each piece on top of its own

  private final ByteBuffer bytes;
  private final String fileName;
  private final Map<String, Hdf5Object> objects = new LinkedHashMap<>();
  private final Map<Long, Map<Integer, ByteBuffer>> heaps = new HashMap<>();
  private long allowed;

  private Hdf5File(byte[] file, String fileName) {
    this.bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    this.fileName = fileName;
    this.allowed = 2L * file.length + ALWAYS_ALLOWED;
  }

  /**
   * Reads the structure of a file.
   *
   * @param file the whole file. Not modified, and shared by the tensors
   * @param fileName the file's name in messages
   * @throws ModelFileException if the file breaks a rule of the format or uses other parts of it
   */
  static Hdf5File read(byte[] file, String fileName) {
    Hdf5File result = new Hdf5File(file, fileName);
    try {
      result.addObject("", result.rootHeader(), 0);
      return result;
    } catch (IndexOutOfBoundsException e) {
      throw result.broken("expected whole structures, got one that ends too early");
    }
  }

  /** Groups and datasets by path, without a leading slash; the root is "". */
  Map<String, Hdf5Object> objects() {
    return objects;
  }

  String fileName() {
    return fileName;
  }

  private long rootHeader() {
    ByteBuffer superblock = at(0, 96);
    expect("superblock version", 0, superblock.get(8));
    expect("size of offsets", 8, superblock.get(13));
    expect("size of lengths", 8, superblock.get(14));
    expect("base address", 0, superblock.getLong(24));
    long end = superblock.getLong(40);
    if (end < 0 || end > bytes.limit()) {
      throw broken(
          "expected " + Long.toUnsignedString(end) + " bytes, got " + bytes.limit() + " in all");
    }
    return superblock.getLong(64);
  }

  private void addObject(String path, long header, int depth) {
    if (depth > MAX_DEPTH) {
      throw broken("expected groups in groups up to depth " + MAX_DEPTH + ", got " + path);
    }
    spend(path.length());
    Hdf5Object object = Hdf5Object.read(this, path, header);
    if (objects.put(path, object) != null) {
      throw broken("expected every name once, got two objects " + path);
    }
    ByteBuffer table = object.symbolTable();
    if (table != null) {
      addChildren(path, table.getLong(0), table.getLong(8), depth + 1);
    }
  }

  private void addChildren(String path, long tree, long heap, int depth) {
    ByteBuffer header = signed(heap, 32, "HEAP");
    ByteBuffer names = at(header.getLong(24), header.getLong(8));
    int level = Byte.toUnsignedInt(signed(tree, 24, "TREE").get(5));
    addTree(path, tree, level, names, depth);
  }

  /** A node of a B-tree, whose leaves are lists of children. */
  private void addTree(String path, long address, int level, ByteBuffer names, int depth) {
    ByteBuffer node = signed(address, 24, "TREE");
    expect("type of the B-tree of /" + path, 0, node.get(4));
    expect("level of the B-tree of /" + path, level, Byte.toUnsignedInt(node.get(5)));
    int count = Short.toUnsignedInt(node.getShort(6));
    ByteBuffer children = at(address + 24, 16L * count);
    for (int k = 0; k < count; k++) {
      long child = children.getLong(16 * k + 8);
      if (level > 0) {
        addTree(path, child, level - 1, names, depth);
      } else {
        addSymbols(path, child, names, depth);
      }
    }
  }

  private void addSymbols(String path, long address, ByteBuffer names, int depth) {
    int count = Short.toUnsignedInt(signed(address, 8, "SNOD").getShort(6));
    ByteBuffer symbols = at(address + 8, 40L * count);
    for (int k = 0; k < count; k++) {
      String name = name(names, symbols.getLong(40 * k));
      String child = path.isEmpty() ? name : path + "/" + name;
      if (symbols.getInt(40 * k + 16) == 2) {
        throw new ModelFileException(
            child + " in " + fileName + ": expected a group or a dataset, got a soft link");
      }
      addObject(child, symbols.getLong(40 * k + 8), depth);
    }
  }

  private String name(ByteBuffer names, long offset) {
    int begin = (int) Math.max(0, Math.min(offset, names.limit()));
    int end = begin;
    while (end < names.limit() && end - begin < MAX_NAME && names.get(end) != 0) {
      end++;
    }
    if (end == begin || end == names.limit() || names.get(end) != 0) {
      throw broken("expected names of 1 to " + (MAX_NAME - 1) + " bytes, got none at " + offset);
    }
    spend(end - begin);
    String name = StandardCharsets.UTF_8.decode(names.slice(begin, end - begin)).toString();
    if (name.contains("/")) {
      throw broken("expected names without a slash, got " + name);
    }
    return name;
  }

  /** An object in the global heap, where strings are stored. */
  ByteBuffer heapObject(long heap, int index) {
    ByteBuffer object = heaps.computeIfAbsent(heap, this::readHeap).get(index);
    if (object == null) {
      throw broken("expected string " + index + " in the heap at " + heap + ", got none");
    }
    spend(object.limit());
    return object;
  }

  private Map<Integer, ByteBuffer> readHeap(long address) {
    ByteBuffer heap = at(address, signed(address, 16, "GCOL").getLong(8));
    Map<Integer, ByteBuffer> strings = new HashMap<>();
    long position = 16;
    while (position + 16 <= heap.limit()) {
      int index = Short.toUnsignedInt(heap.getShort((int) position));
      long size = heap.getLong((int) position + 8);
      if (index == 0) {
        break;
      }
      if (size < 0 || size > heap.limit() - position - 16) {
        throw broken("expected strings within the heap at " + address + ", got " + size + " bytes");
      }
      strings.put(index, heap.slice((int) position + 16, (int) size));
      position += 16 + (size + 7) / 8 * 8;
    }
    return strings;
  }

  private ByteBuffer signed(long address, long length, String signature) {
    ByteBuffer piece = at(address, length);
    String got = StandardCharsets.ISO_8859_1.decode(piece.slice(0, 4)).toString();
    if (!got.equals(signature)) {
      throw broken("expected " + signature + " at " + address + ", got other bytes");
    }
    return piece;
  }

  /** A piece of the file, little-endian. */
  ByteBuffer at(long address, long length) {
    if (address < 0 || length < 0 || address > bytes.limit() - length) {
      throw broken(
          "expected addresses within its "
              + bytes.limit()
              + " bytes, got "
              + Long.toUnsignedString(length)
              + " bytes at "
              + Long.toUnsignedString(address));
    }
    spend(length + PIECE);
    return bytes.slice((int) address, (int) length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void spend(long amount) {
    allowed -= amount;
    if (allowed < 0) {
      throw broken("expected every piece of it to be used once, got pieces that are used again");
    }
  }

  private void expect(String what, long expected, long got) {
    if (got != expected) {
      throw broken("expected " + what + " to be " + expected + ", got " + got);
    }
  }

  ModelFileException broken(String message) {
    return new ModelFileException(
        "HDF5 file " + fileName + ": " + message + "; Keras does not write such files");
  }
}
