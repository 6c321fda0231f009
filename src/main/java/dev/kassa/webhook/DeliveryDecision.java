package dev.kassa.webhook;

import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a delivery after a try: any 2xx is delivered, 410 ends it, and everything else
 * walks the ladder, at the pace that {@code Retry-After} asks for, until three days are over.
 *
 * @param status the delivery's new one
 * @param nextTry null when there is none
 */
record DeliveryDecision(String status, @Nullable Instant nextTry) {
    static final String PENDING = "PENDING";
    static final String DELIVERED = "DELIVERED";
    static final String FAILED = "FAILED";

    static DeliveryDecision of(
            Claim claim, DeliveryAttempt tried, Instant now, RandomGenerator random) {
        if (tried.succeeded()) {
            return new DeliveryDecision(DELIVERED, null);
        }
        if (tried.gone()) {
            return new DeliveryDecision(FAILED, null);
        }
        return RetryLadder.next(claim.step() + 1, tried.retryAfter(), claim.queuedAt(), now, random)
                .map(next -> new DeliveryDecision(PENDING, next))
                .orElse(new DeliveryDecision(FAILED, null));
    }
}
