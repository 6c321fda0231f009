package dev.kassa.order;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.kernel.OrderId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/** An order as Order Management shows it (contract 6.2): what an in-person sale has of it. */
record OrderView(
        OrderId orderId,
        OrderStatus status,
        String fraudStatus,
        long orderAmount,
        long originalOrderAmount,
        long capturedAmount,
        long refundedAmount,
        long remainingAuthorizedAmount,
        int orderTaxAmount,
        String purchaseCurrency,
        @Nullable String purchaseCountry,
        String locale,
        @JsonRawValue String orderLines,
        @Nullable String merchantReference1,
        @Nullable String merchantReference2,
        @Nullable String merchantData,
        String klarnaReference,
        PaymentMethod initialPaymentMethod,
        Customer customer,
        @JsonRawValue String billingAddress,
        @JsonRawValue String shippingAddress,
        @JsonRawValue String shippingInfo,
        List<CaptureView> captures,
        List<RefundView> refunds,
        Instant createdAt,
        Instant expiresAt,
        String receiptUrl) {

    /** Without the receipt's link and the addresses. */
    @Override
    public String toString() {
        return "OrderView[" + orderId + "]";
    }

    record PaymentMethod(String type, String description) {}

    /** An in-person sale knows nothing of its customer; clients read the object all the same. */
    @JsonSerialize
    record Customer() {}

    static OrderView of(
            Order order,
            List<Movement> movements,
            @Nullable String country,
            String receiptUrl,
            Instant now) {
        return new OrderView(
                order.id(),
                order.status(now),
                "ACCEPTED",
                order.amounts().order(),
                order.amounts().original(),
                order.amounts().captured(),
                order.amounts().refunded(),
                order.remaining(now),
                order.orderTaxAmount(),
                order.purchaseCurrency(),
                country,
                Market.of(country).locale(),
                order.orderLines(),
                order.merchantReference1(),
                order.merchantReference2(),
                order.merchantData(),
                order.shortReference(),
                new PaymentMethod(
                        PaymentMethodTypes.of(order.paymentMethod()),
                        Objects.requireNonNullElse(
                                order.maskedCard(),
                                PaymentMethodTypes.named(order.paymentMethod()))),
                new Customer(),
                orEmpty(order.billingAddress()),
                orEmpty(order.shippingAddress()),
                order.shippingInfo(),
                CaptureView.of(order, movements),
                RefundView.of(movements),
                order.createdAt(),
                order.expiresAt(),
                receiptUrl);
    }

    /** Clients write what they read of an address into the shop's own: there is always one. */
    static String orEmpty(@Nullable String address) {
        return address == null ? "{}" : address;
    }
}
