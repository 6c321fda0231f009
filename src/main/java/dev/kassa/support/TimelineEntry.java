package dev.kassa.support;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
public record TimelineEntry(
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
