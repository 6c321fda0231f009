/**
 * Orders: what a finalized session leaves in Order Management, and what happens to it after.
 *
 * <p>An order is placed by the fragment {@link dev.kassa.order.OrderInserts#PLACE} inside the
 * statement that finalizes its session, so there is an order exactly if the session is FINALIZED.
 * It is captured there and then (ruling R10), unless its merchant captures by hand.
 *
 * <p>Its {@link dev.kassa.order.OrderBalance} stand in its own row; {@link
 * dev.kassa.order.OrderStatus} is read from them and stored nowhere. Money moves by a {@link
 * dev.kassa.order.Movement}: a capture, a refund or a release, whose amount is counted in the
 * order's row by the statement that commits the intent. That row is the only guard against moving
 * too much, and CHECKs stand behind it. Then the provider is told under the movement's id. Its
 * answer settles the movement once, with the event; a refusal takes the amount back. An answer that
 * never comes leaves it PENDING and counted, and {@link dev.kassa.payment.Reconciler} asks until it
 * knows.
 *
 * <p>{@code OrderApi} → {@code OrderManagement} → {@code OrderTable}; movements of money go through
 * {@code Movements} and {@code MovementTable}.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.order;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
