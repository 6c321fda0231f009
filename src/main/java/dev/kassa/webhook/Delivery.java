package dev.kassa.webhook;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to a destination, as the API shows it.
 *
 * @param attempts all tries so far
 * @param occurredAt when the event happened
 * @param queuedAt from when three days are counted: when it happened, or was last asked for again
 * @param nextAttemptAt null unless it is to be tried again
 * @param lastStatus of HTTP; null when the last try got no whole answer
 * @param payload what is sent, byte for byte; null in lists
 * @param log the tries, oldest first; null in lists
 */
public record Delivery(
        String eventId,
        String eventType,
        String status,
        int attempts,
        Instant occurredAt,
        Instant queuedAt,
        @Nullable Instant nextAttemptAt,
        @Nullable Instant finishedAt,
        @Nullable Integer lastStatus,
        @Nullable String lastError,
        @JsonRawValue @Nullable String payload,
        @Nullable List<LoggedTry> log) {

    /** What a delivery can be; a list may be of one of them. */
    public static final List<String> STATUSES =
            List.of(DeliveryDecision.DELIVERED, DeliveryDecision.PENDING, DeliveryDecision.FAILED);

    Delivery with(List<LoggedTry> tries) {
        return new Delivery(
                eventId,
                eventType,
                status,
                attempts,
                occurredAt,
                queuedAt,
                nextAttemptAt,
                finishedAt,
                lastStatus,
                lastError,
                payload,
                tries);
    }

    /**
     * One try.
     *
     * @param answer the first 4 KiB of the answer's body
     */
    public record LoggedTry(
            Instant startedAt,
            int durationMs,
            @Nullable Integer status,
            @Nullable String error,
            String answer) {}

    /**
     * Some deliveries of a destination, newest first.
     *
     * @param next to read on from; null at the end
     */
    public record Slice(List<Delivery> content, @Nullable String next) {}
}
