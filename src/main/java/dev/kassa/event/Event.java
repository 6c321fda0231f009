package dev.kassa.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.kassa.http.Json;
import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.EventId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.RefundId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event about to be logged.
 *
 * @param sessionId the session that it tells of, or that its order came from
 * @param occurredAt the time of its change, which the envelope names too
 * @param body the webhook envelope, fixed here once and sent byte for byte on each try
 */
public record Event(
        EventId id, SessionId sessionId, EventType type, Instant occurredAt, String body) {
    private static final DateTimeFormatter NANOSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'")
                    .withZone(ZoneOffset.UTC);

    /** The envelope of contract 4.3. */
    @JsonPropertyOrder({"id", "merchant_id", "timestamp", "type", "data"})
    private record Envelope(
            EventId id, MerchantId merchantId, String timestamp, String type, Object data) {}

    /** Data of the session events: all three keys are always there. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record SessionData(
            SessionId sessionId, @Nullable OrderId orderId, @Nullable String failureReason) {}

    private record OrderData(OrderId orderId, Instant createdAt) {}

    private record CaptureData(OrderId orderId, CaptureId captureId) {}

    private record TestData(DestinationId destinationId) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record UnknownData(
            String kind,
            UUID operationId,
            SessionId sessionId,
            @Nullable OrderId orderId,
            Instant unansweredSince) {}

    private record RefundData(OrderId orderId, RefundId refundId) {}

    /** An {@code ipp.…} event. */
    public static Event ofSession(
            EventType type,
            MerchantId merchant,
            SessionId session,
            @Nullable OrderId order,
            @Nullable String failureReason,
            Instant now) {
        return of(type, merchant, session, new SessionData(session, order, failureReason), now);
    }

    /** {@code order.created}. */
    public static Event orderCreated(
            MerchantId merchant, SessionId session, OrderId order, Instant now) {
        return of(EventType.ORDER_CREATED, merchant, session, new OrderData(order, now), now);
    }

    /** A {@code capture.…} event. */
    public static Event ofCapture(
            EventType type,
            MerchantId merchant,
            SessionId session,
            OrderId order,
            CaptureId capture,
            Instant now) {
        return of(type, merchant, session, new CaptureData(order, capture), now);
    }

    /** A {@code refund.…} event. */
    public static Event ofRefund(
            EventType type,
            MerchantId merchant,
            SessionId session,
            OrderId order,
            RefundId refund,
            Instant now) {
        return of(type, merchant, session, new RefundData(order, refund), now);
    }

    /**
     * {@code kassa.operation.unknown}: a provider has owed its answer for too long.
     *
     * @param kind payment, reversal, capture, refund or release
     * @param order null for a payment and its reversal
     * @param operation under which the provider knows it, and a person can settle it
     */
    public static Event operationUnknown(
            MerchantId merchant,
            SessionId session,
            @Nullable OrderId order,
            String kind,
            UUID operation,
            Instant since,
            Instant now) {
        UnknownData data = new UnknownData(kind, operation, session, order, since);
        return of(EventType.OPERATION_UNKNOWN, merchant, session, data, now);
    }

    /** {@code kassa.test}, for one destination; of no session. */
    public static TestEvent test(MerchantId merchant, DestinationId destination, Instant now) {
        EventId id = EventId.next();
        String type = EventType.TEST.wire();
        TestData data = new TestData(destination);
        return new TestEvent(
                id, Json.write(new Envelope(id, merchant, NANOSECONDS.format(now), type, data)));
    }

    /** What {@link EventLog#APPEND_TEST} logs. */
    public record TestEvent(EventId id, String body) {}

    private static Event of(
            EventType type, MerchantId merchant, SessionId session, Object data, Instant now) {
        EventId id = EventId.next();
        Envelope envelope = new Envelope(id, merchant, NANOSECONDS.format(now), type.wire(), data);
        return new Event(id, session, type, now, Json.write(envelope));
    }
}
