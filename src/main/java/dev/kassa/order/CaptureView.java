package dev.kassa.order;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.kernel.CaptureId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A capture as Order Management shows it (contract 6.3). */
record CaptureView(
        CaptureId captureId,
        String klarnaReference,
        long capturedAmount,
        long refundedAmount,
        Instant capturedAt,
        @Nullable String description,
        @Nullable String reference,
        @JsonRawValue String orderLines,
        @JsonRawValue String billingAddress,
        @JsonRawValue String shippingAddress,
        @JsonRawValue String shippingInfo) {

    /**
     * Those that were not refused, oldest first. A refund is of the order; it is shown as taken
     * from the oldest capture that has something left.
     */
    static List<CaptureView> of(Order order, List<Movement> movements) {
        List<CaptureView> views = new ArrayList<>();
        long refunded = order.amounts().refunded();
        int nth = 0;
        for (Movement movement : movements) {
            if (movement.kind() != Movement.Kind.CAPTURE) {
                continue;
            }
            nth++;
            if (movement.status() != Movement.Status.REFUSED) {
                long taken = Math.min(refunded, movement.amount().minor());
                refunded -= taken;
                views.add(of(movement, order.shortReference() + "-" + nth, taken));
            }
        }
        return views;
    }

    private static CaptureView of(Movement movement, String shortReference, long refunded) {
        Movement.Details details = movement.details();
        return new CaptureView(
                movement.captureId(),
                shortReference,
                movement.amount().minor(),
                refunded,
                movement.createdAt(),
                details.description(),
                details.reference(),
                details.orderLines() == null ? "[]" : details.orderLines(),
                OrderView.orEmpty(details.billingAddress()),
                OrderView.orEmpty(details.shippingAddress()),
                details.shippingInfo());
    }
}
