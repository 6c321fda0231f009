package dev.kassa.payment;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.RefundId;
import dev.kassa.kernel.SessionId;

/**
 * Money to be given back for an approved payment.
 *
 * @param id also the provider's idempotency key
 * @param attemptId the payment, under which the provider knows it
 */
public record Refund(
        RefundId id,
        MerchantId merchantId,
        AttemptId attemptId,
        SessionId sessionId,
        DeviceId deviceId,
        String provider,
        Money amount) {}
