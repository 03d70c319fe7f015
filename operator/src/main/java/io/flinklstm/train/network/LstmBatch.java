package io.flinklstm.train.network;

/**
 * Sequences of equal length that are trained together.
 *
 * @param batch sequences, at least 1
 * @param steps steps of each, at least 1
 * @param x (batch, steps, inputSize). Not modified
 * @param initial h and c before the first step. Not modified; to carry the state from one chunk to
 *     the next, pass the {@link LstmPass#finalState()} of the previous one
 */
public record LstmBatch(int batch, int steps, float[] x, BatchState initial) {}
