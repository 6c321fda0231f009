package dev.kassa.order;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.time.Instant;

/** Why an order does not allow something, under the documented codes (contract 6). */
final class Refusals {
    private Refusals() {}

    /** Why {@code amount} cannot be moved. */
    static Problem of(Movement.Kind kind, Order order, long amount, Instant now) {
        return switch (kind) {
            case CAPTURE -> capture(order, amount, now);
            case REFUND -> refund(order, amount);
            case RELEASE -> release(order, now);
        };
    }

    private static Problem capture(Order order, long amount, Instant now) {
        OrderStatus status = order.status(now);
        long remaining = order.remaining(now);
        return Problem.forbidden(
                "CAPTURE_NOT_ALLOWED",
                remaining == 0
                        ? "The order is " + status + "; nothing is left to capture."
                        : "At most " + remaining + " can be captured, not " + amount + ".");
    }

    private static Problem refund(Order order, long amount) {
        Amounts amounts = order.amounts();
        String reason;
        if (amounts.captured() == 0) {
            reason = "The order has no captures; there is nothing to refund.";
        } else if (amount > 0 && amounts.capturePending() > 0) {
            reason =
                    "At most "
                            + amounts.refundable()
                            + " can be refunded, not "
                            + amount
                            + ", until the provider has confirmed the capture of "
                            + amounts.capturePending()
                            + ".";
        } else if (amounts.refundable() == 0) {
            reason = "All that was captured has been refunded.";
        } else {
            reason =
                    "Between 1 and "
                            + amounts.refundable()
                            + " can be refunded, not "
                            + amount
                            + ".";
        }
        return Problem.forbidden("REFUND_NOT_ALLOWED", reason);
    }

    /** Also for what was reserved meanwhile: looked at again, it may be allowed. */
    static Problem release(Order order, Instant now) {
        if (order.amounts().capturePending() > 0) {
            return Problem.conflict(
                    "The provider has not confirmed a capture yet. Try again in a moment.");
        }
        return order.remaining(now) == 0
                ? Problem.forbidden(
                        "NOT_ALLOWED",
                        "The order is " + order.status(now) + "; nothing is left to release.")
                : Problem.conflict("The order is changing right now. Try again.");
    }

    static Problem cancel(Order order, Instant now) {
        return Problem.forbidden(
                "CANCEL_NOT_ALLOWED",
                order.amounts().captured() > 0
                        ? "The order has captures. Refund them, or release what is left."
                        : "The order is " + order.status(now) + " and cannot be cancelled.");
    }

    static Problem authorization(Order order, long amount, Instant now) {
        Amounts amounts = order.amounts();
        boolean open = order.remaining(now) > 0 && amounts.released() == 0;
        return Problem.forbidden(
                "NOT_ALLOWED",
                open
                        ? "order_amount can be between "
                                + Math.max(1, amounts.captured())
                                + " and "
                                + amounts.original()
                                + ", not "
                                + amount
                                + "."
                        : "The order is "
                                + order.status(now)
                                + "; its authorization can no longer be changed.");
    }

    static Problem tooMuchShipping() {
        return Problem.invalid(
                "shipping_info",
                "would make more than " + Limits.SHIPPING_INFO + " entries in all");
    }

    static Problem extension() {
        return Problem.forbidden(
                "NOT_ALLOWED",
                "Only orders paid with Klarna, outside ES, FR, IT and PT, with something left to"
                        + " capture and less than 90 days from sale to expiry can be extended.");
    }
}
