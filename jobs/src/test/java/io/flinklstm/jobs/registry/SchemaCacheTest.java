package io.flinklstm.jobs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.registry.RegistrySettings.OnFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchemaCacheTest {

  private final List<Integer> loads = new ArrayList<>();
  private final Set<Integer> known = new HashSet<>(Set.of(1, 2));
  private boolean down;
  private long nanos = -5;

  private SchemaCache<String> cache(OnFailure onFailure) {
    return new SchemaCache<>(this::load, onFailure, () -> nanos);
  }

  private String load(int id) throws UnusableSchemaException {
    loads.add(id);
    if (down) {
      throw new RegistryException("the registry is down");
    }
    if (id < 0) {
      throw new UnusableSchemaException("schema id " + id + " is not Avro");
    }
    if (!known.contains(id)) {
      throw UnusableSchemaException.unavailable("schema id " + id + " is unknown");
    }
    return "schema " + id;
  }

  @Test
  void asksOncePerId() throws Exception {
    SchemaCache<String> cache = cache(OnFailure.FAIL);
    for (int k = 0; k < 100; k++) {
      assertThat(cache.get(1)).isEqualTo("schema 1");
      assertThat(cache.get(2)).isEqualTo("schema 2");
      assertThatThrownBy(() -> cache.get(3)).hasMessage("schema id 3 is unknown");
      assertThatThrownBy(() -> cache.get(-4)).hasMessage("schema id -4 is not Avro");
    }
    assertThat(loads).containsExactly(1, 2, 3, -4);
  }

  @Test
  void findsWhatIsRegisteredLater() throws Exception {
    SchemaCache<String> cache = cache(OnFailure.FAIL);
    assertThatThrownBy(() -> cache.get(3)).hasMessage("schema id 3 is unknown");
    assertThatThrownBy(() -> cache.get(-4)).hasMessage("schema id -4 is not Avro");
    known.add(3);
    nanos += SchemaCache.RETRY.toNanos() - 1;
    assertThatThrownBy(() -> cache.get(3)).hasMessage("schema id 3 is unknown");
    nanos++;
    assertThat(cache.get(3)).isEqualTo("schema 3");
    assertThatThrownBy(() -> cache.get(-4)).hasMessage("schema id -4 is not Avro");
    assertThat(loads).containsExactly(3, -4, 3);
  }

  @Test
  void keepsTheIdsUsedLast() throws Exception {
    SchemaCache<String> cache = cache(OnFailure.FAIL);
    for (int id = 1; id <= SchemaCache.CAPACITY + 1; id++) {
      known.add(id);
      cache.get(id);
      cache.get(1);
    }
    loads.clear();
    cache.get(1);
    cache.get(SchemaCache.CAPACITY);
    cache.get(2);
    assertThat(loads).containsExactly(2);
  }

  /** Bad ids do not take the place of good ones. */
  @Test
  void aFloodOfUnknownIdsIsBounded() throws Exception {
    SchemaCache<String> cache = cache(OnFailure.FAIL);
    cache.get(1);
    for (int id = 100; id < 100 + 3 * SchemaCache.CAPACITY; id++) {
      int unknown = id;
      assertThatThrownBy(() -> cache.get(unknown)).isInstanceOf(UnusableSchemaException.class);
    }
    loads.clear();
    cache.get(1);
    assertThatThrownBy(() -> cache.get(99 + 3 * SchemaCache.CAPACITY))
        .isInstanceOf(UnusableSchemaException.class);
    assertThat(loads).isEmpty();
    assertThatThrownBy(() -> cache.get(100)).isInstanceOf(UnusableSchemaException.class);
    assertThat(loads).containsExactly(100);
  }

  @Test
  void goesOnWithKnownIdsWhileTheRegistryIsDown() throws Exception {
    SchemaCache<String> failing = cache(OnFailure.FAIL);
    failing.get(1);
    down = true;
    assertThat(failing.get(1)).isEqualTo("schema 1");
    assertThatThrownBy(() -> failing.get(2)).isInstanceOf(RegistryException.class);
  }

  @Test
  void asksOnlyNowAndThenWhileTheRegistryIsDown() throws Exception {
    SchemaCache<String> cache = cache(OnFailure.DEAD_LETTER);
    cache.get(1);
    down = true;
    loads.clear();
    for (int k = 0; k < 100; k++) {
      assertThat(cache.get(1)).isEqualTo("schema 1");
      assertThatThrownBy(() -> cache.get(2))
          .isInstanceOf(UnusableSchemaException.class)
          .hasMessage("the registry is down");
      assertThatThrownBy(() -> cache.get(3)).hasMessage("the registry is down");
    }
    assertThat(loads).containsExactly(2);
    down = false;
    nanos += SchemaCache.RETRY.toNanos();
    assertThat(cache.get(2)).isEqualTo("schema 2");
  }

  @Test
  void theEndOfATaskIsNoFailureOfTheRegistry() {
    SchemaCache<String> cache = cache(OnFailure.DEAD_LETTER);
    down = true;
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> cache.get(2)).isInstanceOf(RegistryException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
