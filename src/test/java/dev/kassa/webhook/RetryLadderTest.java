package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryLadderTest {
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void triesMoreSlowlyUpToThreeDays() {
        Random random = new Random(1);
        Instant now = CREATED;
        Duration waited = Duration.ZERO;
        int attempts = 1;
        for (Optional<Instant> next = Optional.of(now); next.isPresent(); attempts++) {
            next = RetryLadder.next(attempts, null, CREATED, now, random);
            if (next.isPresent()) {
                Duration wait = Duration.between(now, next.get());
                assertThat(wait).isGreaterThan(attempts < 9 ? waited : Duration.ofHours(12));
                waited = wait;
                now = next.get();
            }
        }
        assertThat(Duration.between(CREATED, now)).isEqualTo(Duration.ofDays(3));
    }

    @Test
    void firstRetryComesSoonAndIsStretchedByATenthAtMost() {
        Random random = new Random(2);
        for (int i = 0; i < 1000; i++) {
            Instant next = RetryLadder.next(1, null, CREATED, CREATED, random).orElseThrow();
            assertThat(Duration.between(CREATED, next))
                    .isBetween(Duration.ofSeconds(5), Duration.ofMillis(5500));
        }
    }

    @Test
    void givesUpAfterThreeDays() {
        Instant late = CREATED.plus(Duration.ofDays(3));
        assertThat(RetryLadder.next(1, null, CREATED, late, new Random(3))).isEmpty();
    }
}
