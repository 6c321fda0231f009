package dev.kassa.session;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A session as the merchant API shows it (contract 2.7): these fields and no others. */
public record SessionView(
        SessionId sessionId,
        SessionStatus status,
        DeviceId deviceId,
        @Nullable OrderId orderId,
        long orderAmount,
        int orderTaxAmount,
        String purchaseCurrency,
        Instant purchaseStartedAt,
        @Nullable Instant purchaseCompletedAt,
        @JsonRawValue String orderItems,
        @Nullable String merchantReference1,
        @Nullable String merchantReference2,
        @Nullable String merchantData,
        Instant createdAt,
        Instant expiresAt,
        Instant updatedAt) {

    /** The session as read. */
    public static SessionView of(Session session) {
        return new SessionView(
                session.id(),
                session.status(),
                session.deviceId(),
                session.orderId(),
                session.orderAmount(),
                session.orderTaxAmount(),
                session.purchaseCurrency(),
                session.purchaseStartedAt(),
                session.purchaseCompletedAt(),
                session.orderItems(),
                session.merchantReference1(),
                session.merchantReference2(),
                session.merchantData(),
                session.createdAt(),
                session.expiresAt(),
                session.updatedAt());
    }
}
