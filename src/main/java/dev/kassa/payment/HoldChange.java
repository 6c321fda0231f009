package dev.kassa.payment;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.SessionId;
import java.util.UUID;

/**
 * Money that a payment holds, to be collected or let go.
 *
 * @param id also the provider's idempotency key
 * @param attemptId the payment, under which the provider knows it
 * @param provider the name of the provider that holds it
 */
public record HoldChange(
        UUID id,
        Kind kind,
        MerchantId merchantId,
        AttemptId attemptId,
        SessionId sessionId,
        String provider,
        Money amount) {

    /** What becomes of the money. */
    public enum Kind {
        /** Collected. */
        CAPTURE,
        /** Let go, and with it all else that the payment still holds. */
        RELEASE
    }
}
