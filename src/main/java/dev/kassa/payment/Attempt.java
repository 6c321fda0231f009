package dev.kassa.payment;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try to collect a session's amount.
 *
 * @param id also the provider's idempotency key
 * @param provider the name of the provider that was chosen for it
 * @param failureReason why it was declined or failed; null otherwise
 * @param manualCapture whether an approval only holds the money, to be captured later
 * @param givesUpAt when waiting for the shopper ends: the session's expiry
 */
public record Attempt(
        AttemptId id,
        MerchantId merchantId,
        SessionId sessionId,
        DeviceId deviceId,
        PaymentMethod method,
        String provider,
        Money amount,
        boolean manualCapture,
        AttemptStatus status,
        @Nullable String failureReason,
        Instant createdAt,
        Instant givesUpAt) {}
