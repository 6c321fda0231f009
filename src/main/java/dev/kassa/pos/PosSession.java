package dev.kassa.pos;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Action;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.AttemptStatus;
import dev.kassa.payment.Outcome;
import dev.kassa.session.Session;
import dev.kassa.session.SessionStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A session as its device is shown it: what the clerk needs, and how the payment stands. */
record PosSession(
        SessionId sessionId,
        SessionStatus status,
        @Nullable OrderId orderId,
        long orderAmount,
        int orderTaxAmount,
        String purchaseCurrency,
        @JsonRawValue String orderItems,
        @Nullable String merchantReference1,
        @Nullable String merchantReference2,
        @Nullable Payment payment,
        Instant createdAt,
        Instant expiresAt,
        Instant updatedAt) {

    /** The newest payment. {@code action} is there only in the answer that starts or repeats it. */
    record Payment(
            AttemptId attemptId,
            String method,
            AttemptStatus status,
            @Nullable String failureReason,
            @Nullable ActionView action) {}

    record ActionView(String type, @Nullable String clientSecret, @Nullable String qrPayload) {
        static ActionView of(Action action) {
            return switch (action) {
                case Action.Tap(String clientSecret) ->
                        new ActionView(action.type(), clientSecret, null);
                case Action.Scan(String payload) -> new ActionView(action.type(), null, payload);
            };
        }

        /** Without what would let anybody pay. */
        @Override
        public String toString() {
            return "ActionView[" + type + "]";
        }
    }

    static PosSession of(
            Session session, @Nullable Attempt attempt, Outcome.@Nullable ActionNeeded needed) {
        return new PosSession(
                session.id(),
                session.status(),
                session.orderId(),
                session.orderAmount(),
                session.orderTaxAmount(),
                session.purchaseCurrency(),
                session.orderItems(),
                session.merchantReference1(),
                session.merchantReference2(),
                attempt == null
                        ? null
                        : new Payment(
                                attempt.id(),
                                attempt.method().wire(),
                                attempt.status(),
                                attempt.failureReason(),
                                needed == null ? null : ActionView.of(needed.action())),
                session.createdAt(),
                session.expiresAt(),
                session.updatedAt());
    }
}
