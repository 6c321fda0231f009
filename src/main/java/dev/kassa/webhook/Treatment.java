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
record Treatment(String status, @Nullable Instant nextTry) {
    static final String PENDING = "PENDING";
    static final String DELIVERED = "DELIVERED";
    static final String FAILED = "FAILED";

    static Treatment of(Claim claim, Try tried, Instant now, RandomGenerator random) {
        if (tried.succeeded()) {
            return new Treatment(DELIVERED, null);
        }
        if (tried.gone()) {
            return new Treatment(FAILED, null);
        }
        return RetryLadder.next(claim.step() + 1, tried.retryAfter(), claim.queuedAt(), now, random)
                .map(next -> new Treatment(PENDING, next))
                .orElse(new Treatment(FAILED, null));
    }
}
