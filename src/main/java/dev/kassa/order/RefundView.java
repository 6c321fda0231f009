package dev.kassa.order;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.kernel.RefundId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A refund as Order Management shows it (contract 6.4). */
record RefundView(
        RefundId refundId,
        long refundedAmount,
        Instant refundedAt,
        @Nullable String description,
        @Nullable String reference,
        @JsonRawValue String orderLines) {

    /** Those that were not refused, oldest first. */
    static List<RefundView> of(List<Movement> movements) {
        return movements.stream()
                .filter(movement -> movement.kind() == Movement.Kind.REFUND)
                .filter(movement -> movement.status() != Movement.Status.REFUSED)
                .map(movement ->
                        new RefundView(
                                movement.refundId(),
                                movement.amount().minor(),
                                movement.createdAt(),
                                movement.details().description(),
                                movement.details().reference(),
                                Objects.requireNonNullElse(movement.details().orderLines(), "[]")))
                .toList();
    }
}
