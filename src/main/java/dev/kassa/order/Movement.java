package dev.kassa.order;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.RefundId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money of an order that is captured, given back or let go.
 *
 * @param id the capture's or refund's id, and the provider's idempotency key
 * @param failureReason why the provider refused; null unless REFUSED
 * @param createdAt when it was asked for
 */
record Movement(
        UUID id,
        Kind kind,
        Status status,
        MerchantId merchantId,
        OrderId orderId,
        SessionId sessionId,
        DeviceId deviceId,
        AttemptId attemptId,
        String provider,
        Money amount,
        @Nullable String failureReason,
        Details details,
        Instant createdAt) {

    /** What becomes of the money. */
    public enum Kind {
        CAPTURE,
        REFUND,
        RELEASE
    }

    /** Whether the provider has confirmed it. */
    public enum Status {
        /** Asked for, and not known to be done or refused. */
        PENDING,
        DONE,
        REFUSED
    }

    /** What its caller said of it; JSON as sent. */
    record Details(
            @Nullable String description,
            @Nullable String reference,
            @Nullable String orderLines,
            @Nullable String billingAddress,
            @Nullable String shippingAddress,
            String shippingInfo) {
        static final Details NONE = new Details(null, null, null, null, null, "[]");
    }

    CaptureId captureId() {
        return new CaptureId(id);
    }

    RefundId refundId() {
        return new RefundId(id);
    }
}
