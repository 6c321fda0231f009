package dev.kassa.receipt;

import dev.kassa.kernel.OrderId;
import dev.kassa.order.OrderStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A receipt. Amounts are minor units including tax.
 *
 * @param orderNumber the order's short reference
 * @param merchantReference the merchant's own number for it
 * @param timeZone the store's, for the times
 * @param locale the language of the store's country
 * @param method how it was paid: {@code tap_to_pay}, …
 * @param card the card, masked, where the provider told of it
 * @param paidAmount what was captured, less what was given back
 * @param receiptUrl the page of the same
 */
public record Receipt(
        OrderId orderId,
        String orderNumber,
        @Nullable String merchantReference,
        OrderStatus status,
        Store store,
        Instant createdAt,
        String timeZone,
        String locale,
        String purchaseCurrency,
        List<ReceiptLine> lines,
        long orderAmount,
        long orderTaxAmount,
        List<Vat> vat,
        String method,
        @Nullable String card,
        long capturedAmount,
        long refundedAmount,
        long paidAmount,
        List<Refund> refunds,
        String receiptUrl) {

    /** Without its link. */
    @Override
    public String toString() {
        return "Receipt[" + orderId + "]";
    }

    /**
     * Where it was sold, and by whom.
     *
     * @param merchantAddress the merchant's own address, in lines
     * @param organisationNumber the merchant's, as its country's authorities give it
     */
    public record Store(
            String name,
            @Nullable String streetAddress,
            @Nullable String streetAddress2,
            @Nullable String postalCode,
            @Nullable String city,
            @Nullable String country,
            @Nullable String merchantAddress,
            @Nullable String organisationNumber) {}

    /** What was given back. */
    public record Refund(long amount, Instant refundedAt, @Nullable String description) {}
}
