package dev.kassa.order;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Card;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An order as stored, with what its payment tells of the card.
 *
 * @param orderLines JSON as the session had it, or as an update of the authorization set it
 * @param receiptToken what the link to its receipt ends in
 * @param expiresAt nothing can be captured from then on
 */
public record Order(
        OrderId id,
        MerchantId merchantId,
        SessionId sessionId,
        DeviceId deviceId,
        LocationId locationId,
        AttemptId attemptId,
        String paymentMethod,
        @Nullable Card card,
        OrderBalance amounts,
        int orderTaxAmount,
        String purchaseCurrency,
        String orderLines,
        @Nullable String merchantReference1,
        @Nullable String merchantReference2,
        @Nullable String merchantData,
        @Nullable String billingAddress,
        @Nullable String shippingAddress,
        String shippingInfo,
        String receiptToken,
        Instant createdAt,
        Instant expiresAt) {

    /** Without the receipt's token and the addresses. */
    @Override
    public String toString() {
        return "Order[" + id + "]";
    }

    /** Where it stands at {@code now}. */
    public OrderStatus status(Instant now) {
        return OrderStatus.of(amounts, expired(now));
    }

    boolean expired(Instant now) {
        return !expiresAt.isAfter(now);
    }

    /** What can be captured at {@code now}. */
    public long remaining(Instant now) {
        return expired(now) ? 0 : amounts.capturable();
    }

    /** The card that paid, as a receipt may show it. */
    public @Nullable String maskedCard() {
        return card == null ? null : card.masked();
    }

    /** A short reference to read out on the telephone. */
    public String shortReference() {
        return ShortReference.of(id);
    }
}
