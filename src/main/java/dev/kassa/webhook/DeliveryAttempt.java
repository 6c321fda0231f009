package dev.kassa.webhook;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request and what came back.
 *
 * @param status of the answer; null when there was no whole answer
 * @param error why the try failed, in words; null when it did not
 * @param answer the beginning of the answer's body
 * @param retryAfter how long the endpoint asked to be left alone
 */
record DeliveryAttempt(
        Instant startedAt,
        Duration took,
        @Nullable Integer status,
        @Nullable String error,
        String answer,
        @Nullable Duration retryAfter) {

    private static final int GONE = 410;

    boolean succeeded() {
        return error == null;
    }

    /** For the metrics: one of a few words. */
    String outcome() {
        if (succeeded()) {
            return "delivered";
        }
        if (status == null) {
            return "no_answer";
        }
        return status >= 500 ? "server_error" : "refused";
    }

    /** The endpoint says that it will never take a webhook again. */
    boolean gone() {
        return status != null && status == GONE;
    }
}
