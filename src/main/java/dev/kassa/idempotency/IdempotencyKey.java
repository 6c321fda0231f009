package dev.kassa.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * The key that a request carries, for an operation that calls a provider: it binds what it commits
 * first to the key, so that a repetition finds it.
 *
 * @param value null when the request carries none
 */
public record IdempotencyKey(@Nullable String value) {}
