package dev.kassa.payment;

import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Any operation at a provider, of whichever table.
 *
 * @param id also the provider's idempotency key
 * @param orderId null for a payment and its reversal
 * @param status PENDING until it is settled
 * @param settledAt null while PENDING
 * @param checks how often its provider was asked about it
 * @param unansweredSince since when its provider owes an answer; null while nobody has asked yet,
 *     and while the provider says that it waits for the shopper
 * @param lastAnswer what came of the newest check; null before the first
 */
public record ProviderOperation(
        UUID id,
        OperationKind kind,
        MerchantId merchantId,
        SessionId sessionId,
        DeviceId deviceId,
        @Nullable OrderId orderId,
        String provider,
        Money amount,
        String status,
        Instant createdAt,
        @Nullable Instant settledAt,
        int checks,
        @Nullable Instant unansweredSince,
        @Nullable String lastAnswer) {

    /** Whether nobody has settled it. */
    public boolean pending() {
        return status.equals("PENDING");
    }
}
