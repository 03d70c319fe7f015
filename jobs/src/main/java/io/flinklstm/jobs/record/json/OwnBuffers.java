package io.flinklstm.jobs.record.json;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;

/**
 * The buffers of one reader, reused for each record. Jackson's own pools look them up by thread,
 * which in a task, with its many thread-locals, takes a good part of the time of parsing a small
 * record.
 */
final class OwnBuffers implements RecyclerPool<BufferRecycler> {

  private static final long serialVersionUID = 1L;

  private final transient BufferRecycler buffers = new BufferRecycler();

  @Override
  public BufferRecycler acquirePooled() {
    return buffers;
  }

  @Override
  public BufferRecycler acquireAndLinkPooled() {
    return buffers;
  }

  @Override
  public void releasePooled(BufferRecycler pooled) {
    // They stay here.
  }
}
