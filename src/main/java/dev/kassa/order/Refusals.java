package dev.kassa.order;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.Problem;
import java.time.Instant;

/** Why an order does not allow something, under the documented codes (contract 6). */
final class Refusals {
    private static final String TOO_MUCH =
            "Captured amount is higher than the remaining authorized amount.";

    private Refusals() {}

    /** Why {@code amount} cannot be moved. */
    static Problem of(Movement.Kind kind, Order order, NewMovement request, Instant now) {
        Long seen = request.seen();
        if (seen != null && seen != order.amounts().moved()) {
            return Problem.conflict(
                    "Somebody else has captured, refunded or released some of this order since"
                            + " then. Look at it again.");
        }
        long amount = request.amount();
        return switch (kind) {
            case CAPTURE -> capture(order, amount, now);
            case REFUND -> refund(order, amount);
            case RELEASE -> release(order, now);
        };
    }

    /** The first sentence is the one that clients look for. */
    private static Problem capture(Order order, long amount, Instant now) {
        OrderStatus status = order.status(now);
        long remaining = order.remaining(now);
        if (remaining > 0) {
            return captureNotAllowed(
                    TOO_MUCH
                            + " At most "
                            + written(order, remaining)
                            + " can be captured, not "
                            + written(order, amount)
                            + ".");
        }
        return captureNotAllowed(
                switch (status) {
                    case AUTHORIZED, PART_CAPTURED, CAPTURED, CLOSED ->
                            TOO_MUCH + " Nothing is left to capture; the order is " + status + ".";
                    case CANCELLED -> "The order is CANCELLED; nothing of it can be captured.";
                    case EXPIRED ->
                            "The order is EXPIRED: the time to capture it is over. Sell it anew.";
                });
    }

    private static Problem captureNotAllowed(String reason) {
        return Problem.forbidden("CAPTURE_NOT_ALLOWED", reason);
    }

    private static String written(Order order, long amount) {
        return Money.of(amount, order.purchaseCurrency()).written();
    }

    private static Problem refund(Order order, long amount) {
        OrderBalance amounts = order.amounts();
        String most = "At most " + written(order, amounts.refundable()) + " can be refunded, not ";
        String reason;
        if (amounts.captured() == 0) {
            reason = "The order has no captures; there is nothing to refund.";
        } else if (amount == 0) {
            reason =
                    "A refund of nothing gives nothing back. Refund at least "
                            + written(order, 1)
                            + ".";
        } else if (amounts.capturePending() > 0) {
            reason =
                    most
                            + written(order, amount)
                            + ", until the provider has confirmed the capture of "
                            + written(order, amounts.capturePending())
                            + ".";
        } else if (amounts.refundable() == 0) {
            reason = "All that was captured has been refunded; nothing is left to refund.";
        } else {
            reason = most + written(order, amount) + ".";
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
        OrderBalance amounts = order.amounts();
        boolean open = order.remaining(now) > 0 && amounts.released() == 0;
        return Problem.forbidden(
                "NOT_ALLOWED",
                open
                        ? "The order's amount can be between "
                                + written(order, Math.max(1, amounts.captured()))
                                + " and "
                                + written(order, amounts.original())
                                + ", not "
                                + written(order, amount)
                                + "."
                        : "The order is "
                                + order.status(now)
                                + "; its authorization can no longer be changed.");
    }

    static Problem tooMuchShipping() {
        return Problem.invalid(
                "shipping_info",
                "must not have more than " + Limits.SHIPPING_INFO + " entries in all");
    }

    static Problem extension() {
        return Problem.forbidden(
                "NOT_ALLOWED",
                "Only orders paid with Klarna, outside ES, FR, IT and PT, with something left to"
                        + " capture and less than 90 days from sale to expiry can be extended.");
    }
}
