package dev.kassa.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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

    /** How long a delivery is tried, from when it was queued. */
    static final Duration GIVE_UP = Duration.ofDays(3);

    /** The longest {@code Retry-After} that is honoured whole. */
    static final Duration LONGEST_REST = Duration.ofDays(1);

    /** A step is stretched by up to a tenth, so that what failed together is not tried together. */
    private static final double JITTER = 0.1;

    private RetryLadder() {}

    /**
     * The next try after {@code failed} failed ones, the last of them after three days, or empty
     * when those are over. {@code asked} is the endpoint's own wish, which replaces the step.
     */
    static Optional<Instant> next(
            int failed,
            @Nullable Duration asked,
            Instant queuedAt,
            Instant now,
            RandomGenerator random) {
        Duration step = asked == null ? STEPS.get(Math.min(failed, STEPS.size()) - 1) : asked;
        long stretched = (long) (step.toMillis() * (1 + JITTER * random.nextDouble()));
        Instant next = now.plusMillis(stretched);
        Instant last = queuedAt.plus(GIVE_UP);
        if (!now.isBefore(last)) {
            return Optional.empty();
        }
        return Optional.of(next.isAfter(last) ? last : next);
    }
}
