/**
 * Orders: what a finalized session leaves in Order Management.
 *
 * <p>An order is placed by the fragment {@link dev.kassa.order.Orders#PLACE} inside the statement
 * that finalizes its session, and captured there and then (ruling R10), so there is an order
 * exactly if the session is FINALIZED.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.order;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
