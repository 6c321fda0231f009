package dev.kassa.order;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Secrets;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.PaymentMethod;
import java.time.Instant;

/**
 * What an order about to be placed has that its session's row does not say.
 *
 * @param captureId of the capture made there and then, unless it is to be captured later
 * @param receiptToken what the link to its receipt ends in; nobody can guess it
 */
public record NewOrder(
        OrderId id,
        CaptureId captureId,
        AttemptId attemptId,
        PaymentMethod method,
        boolean manualCapture,
        String receiptToken,
        Instant createdAt) {

    /** The order that this attempt pays for, approved {@code now}. */
    public static NewOrder of(Attempt attempt, Instant now) {
        return new NewOrder(
                OrderId.next(),
                CaptureId.next(),
                attempt.id(),
                attempt.method(),
                attempt.manualCapture(),
                Secrets.text(16),
                now);
    }

    /** Without the receipt's token. */
    @Override
    public String toString() {
        return "NewOrder[" + id + "]";
    }
}
