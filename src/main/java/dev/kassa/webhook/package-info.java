/**
 * Telling merchants' backends what happened, by signed HTTP requests (Standard Webhooks).
 *
 * <p>A delivery row is written in the statement of its event, one for each {@link
 * dev.kassa.webhook.Destination} subscribed at that moment. The row is the queue, the log and the
 * audit. Each destination has a {@code Lane}, worked by one server at a time: servers divide the
 * lanes ({@code Lanes}, claimed with {@code for update skip locked}) and take those of a server
 * that has fallen silent ({@link dev.kassa.database.Nodes}), which has lost them even if it comes
 * back. {@link dev.kassa.webhook.Deliveries} reads what is due in its lanes, sends outside any
 * transaction, and writes down what came back, many results at once. What a dead server had under
 * way is still PENDING, so the next owner sends it again: at least once, under the same {@code
 * webhook-id}.
 *
 * <p>A lane is asked for its deliveries when there may be some: {@code EventHints} tells of events
 * written here or, by NOTIFY, on another server; {@code LaneQueue} keeps what is due later. An idle
 * lane costs nothing. What no hint told of is found once a second among the deliveries that were
 * never tried ({@code DeliveryTable}), and by reading a few lanes again ({@code Lanes}).
 *
 * <p>What carries correctness: the row, PENDING until 2xx, 410 or three days ({@code
 * DeliveryDecision}), the lane's owner, with its fencing number, for the order of a session's
 * events, and the look of each second. What is only an optimisation: the lane's memory, the hints,
 * the {@code Circuit} that leaves a failing endpoint alone. An open circuit is in the lane's row,
 * so a dead destination's backlog is not looked at by anybody.
 *
 * <p>Whoever cannot be called reads events from a cursor ({@code EventApi}), and may wait for them
 * ({@code EventWaiters}).
 *
 * <p>A merchant chooses the URL, so in production {@code GuardedResolver} lets only public
 * addresses pass, at each connection, and the client connects to exactly those that were checked.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.webhook;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
