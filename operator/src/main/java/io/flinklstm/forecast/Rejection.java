package io.flinklstm.forecast;

/**
 * The outcome of an observation that cannot be used; the state is untouched.
 *
 * @param code why, for programs
 * @param message why, for people: what was expected and what was there
 */
public record Rejection(RejectionCode code, String message) implements Outcome {}
