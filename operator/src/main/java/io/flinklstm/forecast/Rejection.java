package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;

/**
 * The outcome of an observation that cannot be used; the state is untouched.
 *
 * @param code why, for programs
 * @param message why, for people: what was expected and what was found
 */
@PublicEvolving
public record Rejection(RejectionCode code, String message) implements Outcome {}
