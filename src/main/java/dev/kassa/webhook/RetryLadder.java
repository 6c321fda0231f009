package dev.kassa.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** When a failed delivery is tried again (contract 4.5): ever more slowly, up to three days. */
final class RetryLadder {
    private static final List<Duration> STEPS =
            List.of(
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    Duration.ofHours(5),
                    Duration.ofHours(10),
                    Duration.ofHours(14),
                    Duration.ofHours(20),
                    Duration.ofDays(1));

    private static final Duration GIVE_UP = Duration.ofDays(3);

    /** A step is stretched by up to a tenth, so that what failed together is not tried together. */
    private static final double JITTER = 0.1;

    private RetryLadder() {}

    /** The next try after {@code attempts} failed ones, or empty when three days are over. */
    static Optional<Instant> next(
            int attempts, Instant createdAt, Instant now, RandomGenerator random) {
        Duration step = STEPS.get(Math.min(attempts, STEPS.size()) - 1);
        long stretched = (long) (step.toMillis() * (1 + JITTER * random.nextDouble()));
        Instant next = now.plusMillis(stretched);
        return next.isAfter(createdAt.plus(GIVE_UP)) ? Optional.empty() : Optional.of(next);
    }
}
