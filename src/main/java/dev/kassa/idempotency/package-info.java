/**
 * Requests that are safe to repeat (rulings R6 and R11): {@code IdempotencyFilter} stands before
 * every operation that changes something and has a key, {@code IdempotencyTable} keeps keys and
 * answers for a day.
 *
 * <p>What carries correctness: the effect and the kept answer are one transaction, or, where a
 * provider is called, the effect's own row carries the key. Everything else (which node works on a
 * key, what is under way here) only says how soon a repetition is answered.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.idempotency;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
