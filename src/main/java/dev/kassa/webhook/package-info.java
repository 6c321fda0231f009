/**
 * Telling merchants' backends what happened, by signed HTTP requests (Standard Webhooks).
 *
 * <p>A delivery row is written in the statement of its event, one for each destination subscribed
 * at that moment. The row is the queue, the log and the audit. {@link dev.kassa.webhook.Deliveries}
 * claims due rows with {@code for update skip locked} by putting their {@code due_at} off for the
 * length of a lease, sends outside any transaction, and writes down what came back; a server that
 * dies in between loses nothing but the lease. So a destination hears of each event at least once,
 * under the same {@code webhook-id}.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.webhook;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
