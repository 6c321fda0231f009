/**
 * Collecting money: attempts, what a provider says of them, and the one door that settles.
 *
 * <p>An {@link dev.kassa.payment.Attempt} is committed before the provider hears of it, and its id
 * is the provider's idempotency key: whatever is lost afterwards, asking again under the same key
 * finds the same payment. A provider's answer is an {@link dev.kassa.payment.Outcome}; a time-out,
 * a 5xx or an unreadable reply is {@code Unknown}, which is neither success nor decline and settles
 * nothing.
 *
 * <p>{@link dev.kassa.payment.Attempts#settle} is the only door from PENDING, for the synchronous
 * reply, the provider's callback and the {@link dev.kassa.payment.Reconciler} alike. SQL lets the
 * first through; a later answer that contradicts is kept in {@code late_answer} and never applied.
 * What a settled attempt does to its session or order is the {@link dev.kassa.payment.Settlement}
 * of that feature, in one statement with the attempt's own change.
 *
 * <p>The {@link dev.kassa.payment.Reconciler} asks about whatever is pending: attempts, their
 * reversals (late approvals given back), and the captures, refunds and releases of orders. What
 * they have in common is in {@link dev.kassa.payment.PendingTable}; {@code Bulkheads} keep a
 * provider that hangs from holding up the others. Where a provider never tells, {@link
 * dev.kassa.payment.Resolutions} settle by a person's word, through the same door.
 *
 * <p>No provider is called inside a transaction. {@link dev.kassa.payment.Providers} hands out none
 * whose exceptions are not taken as unknown.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.payment;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
