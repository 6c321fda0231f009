package dev.kassa.order;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.kernel.OrderId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        @JsonRawValue @Nullable String billingAddress,
        @JsonRawValue @Nullable String shippingAddress,
        @JsonRawValue @Nullable String shippingInfo,
        List<CaptureView> captures,
        List<RefundView> refunds,
        Instant createdAt,
        Instant expiresAt,
        String receiptUrl) {

    record PaymentMethod(String type, @Nullable String description) {}

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
                new PaymentMethod(InitialMethod.of(order.paymentMethod()), order.maskedCard()),
                order.billingAddress(),
                order.shippingAddress(),
                unlessEmpty(order.shippingInfo()),
                CaptureView.of(order, movements),
                RefundView.of(movements),
                order.createdAt(),
                order.expiresAt(),
                receiptUrl);
    }

    static @Nullable String unlessEmpty(String list) {
        return list.equals("[]") ? null : list;
    }
}
