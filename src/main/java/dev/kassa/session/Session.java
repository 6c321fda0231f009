package dev.kassa.session;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session as stored.
 *
 * @param orderAmount minor units
 * @param orderItems JSON as written at creation
 * @param attemptId the payment in flight, if any
 * @param manualCapture whether its payment is only to be held, and captured later
 * @param orderId set exactly when FINALIZED
 */
public record Session(
        SessionId id,
        MerchantId merchantId,
        DeviceId deviceId,
        LocationId locationId,
        SessionStatus status,
        long orderAmount,
        int orderTaxAmount,
        String purchaseCurrency,
        Instant purchaseStartedAt,
        @Nullable Instant purchaseCompletedAt,
        String orderItems,
        @Nullable String merchantReference1,
        @Nullable String merchantReference2,
        @Nullable String merchantData,
        boolean manualCapture,
        @Nullable AttemptId attemptId,
        @Nullable OrderId orderId,
        Instant createdAt,
        Instant updatedAt,
        Instant expiresAt) {

    /**
     * Whether an open session's time is up. One with a payment in flight waits for its provider.
     */
    boolean isDue(Instant now) {
        return !status.isFinal() && attemptId == null && !expiresAt.isAfter(now);
    }
}
