package dev.kassa.support;

import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Everything that is known of a session, in the order in which it happened. */
record Timeline(SessionId sessionId, DeviceId deviceId, String status, List<Entry> entries) {
    /**
     * One thing that happened.
     *
     * @param id of the attempt, the order, the refund, the capture or the event that it was about
     * @param method how the shopper was to pay
     * @param status how a webhook delivery stands
     * @param name of the webhook's event, or the kind of an operation that was unknown or resolved
     * @param tries of the webhook so far
     * @param resolvedBy the person by whose word it was settled
     * @param evidence where that person's word can be looked up
     */
    record Entry(
            Instant at,
            String what,
            @Nullable String id,
            @Nullable String method,
            @Nullable String reason,
            @Nullable String name,
            @Nullable UUID destinationId,
            @Nullable String status,
            @Nullable Integer tries,
            @Nullable String resolvedBy,
            @Nullable String evidence) {}
}
