/**
 * Payment sessions: a cart that a merchant's backend sends to a device, and what becomes of it.
 *
 * <p>A write goes {@link dev.kassa.session.SessionApi} (HTTP to values), {@link
 * dev.kassa.session.Sessions} (the verb), {@link dev.kassa.session.SessionTable} (one SQL
 * statement: the guarded change, its events, and for a finalized session its order). {@link
 * dev.kassa.session.SessionStatus} says which change of status there is; SQL repeats it as a guard
 * on the row it changes, so of two racing verbs one wins and the other sees that it lost.
 *
 * <p>{@code session.attempt_id} names the payment in flight. While there is one, nobody but {@code
 * Attempts.settle} moves the session: a cancel first asks the provider to end it, and an expiry
 * waits for the reconciler to do so.
 *
 * <p>A session past its {@code expires_at} reads as EXPIRED from that moment on, whether or not the
 * worker has written it yet; no verb takes it any more.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
