package io.flinklstm.jobs.registry;

import io.flinklstm.jobs.registry.RegistrySettings.OnFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each schema id. Ids never change their schema, so what was loaded stays until
 * others need its place; what was not found is asked for again after a while. Not thread-safe.
 *
 * @param <T> what is kept of a schema
 */
public final class SchemaCache<T> {

  /** How many ids are kept of each kind. */
  static final int CAPACITY = 1000;

  /** How long an id stays unknown, and the registry unreachable, without asking again. */
  static final Duration RETRY = Duration.ofSeconds(30);

  /**
   * Loads what is kept of a schema.
   *
   * @param <T> what is kept
   */
  public interface Loader<T> {
    T load(int id) throws UnusableSchemaException;
  }

  private record Unusable(UnusableSchemaException why, long nanos) {}

  private final Loader<T> loader;
  private final OnFailure onFailure;
  private final LongSupplier nanoTime;
  private final Map<Integer, T> loaded = new Bounded<>();
  private final Map<Integer, Unusable> unusable = new Bounded<>();
  private @Nullable Unusable unreachable; // the registry

  public SchemaCache(Loader<T> loader, OnFailure onFailure) {
    this(loader, onFailure, System::nanoTime);
  }

  SchemaCache(Loader<T> loader, OnFailure onFailure, LongSupplier nanoTime) {
    this.loader = loader;
    this.onFailure = onFailure;
    this.nanoTime = nanoTime;
  }

  /**
   * What is kept of a schema.
   *
   * @throws UnusableSchemaException if records with this id cannot be read
   * @throws RegistryException if the registry does not answer and the job is to fail then
   */
  public T get(int id) throws UnusableSchemaException {
    T value = loaded.get(id);
    if (value != null) {
      return value;
    }
    Unusable known = unusable.get(id);
    if (known != null && (!known.why.isUnavailable() || isFresh(known))) {
      throw known.why;
    }
    if (unreachable != null && isFresh(unreachable)) {
      throw unreachable.why;
    }
    return load(id);
  }

  private boolean isFresh(Unusable entry) {
    return nanoTime.getAsLong() - entry.nanos < RETRY.toNanos();
  }

  private T load(int id) throws UnusableSchemaException {
    try {
      T value = loader.load(id);
      unreachable = null;
      unusable.remove(id);
      loaded.put(id, value);
      return value;
    } catch (UnusableSchemaException e) {
      unusable.put(id, new Unusable(e, nanoTime.getAsLong()));
      throw e;
    } catch (RegistryException e) {
      // Not a failure of the registry, but the end of the task.
      boolean interrupted = Thread.currentThread().isInterrupted();
      if (onFailure == OnFailure.FAIL || interrupted) {
        throw e;
      }
      UnusableSchemaException why =
          UnusableSchemaException.unavailable(String.valueOf(e.getMessage()));
      unreachable = new Unusable(why, nanoTime.getAsLong());
      throw why;
    }
  }

  /** Discards the entry that was not used for longest. */
  private static final class Bounded<V> extends LinkedHashMap<Integer, V> {

    private static final long serialVersionUID = 1L;

    private Bounded() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
      return size() > CAPACITY;
    }
  }
}
