package dev.kassa.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How much a destination may be sent at once, by how it fared.
 *
 * <p>Each success widens it by one try, each failure halves it. After {@link #FAILURES} in a row it
 * opens: nothing is sent until {@code resumeAt}, then a single probe. A probe that fails opens it
 * for longer; one that succeeds closes it at a width of one, so that a backlog comes back as a
 * trickle that grows and not as a flood.
 *
 * @param width tries at once
 * @param failures in a row
 * @param openings in a row, since the last success
 * @param resumeAt null while nothing holds it back
 */
record Circuit(int width, int failures, int openings, @Nullable Instant resumeAt) {
    /** Tries at once, of a destination that answers. */
    static final int WIDEST = 32;

    /** Failures in a row that open it. */
    static final int FAILURES = 5;

    private static final int FIRST_WIDTH = 4;

    private static final List<Duration> PAUSES =
            List.of(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15));

    /** A pause is stretched by up to a fifth. */
    private static final double JITTER = 0.2;

    /** As another server or an earlier run left it. */
    static Circuit restored(int openings, @Nullable Instant resumeAt) {
        return openings == 0
                ? new Circuit(FIRST_WIDTH, 0, 0, resumeAt)
                : new Circuit(1, FAILURES, openings, resumeAt);
    }

    /** Half open at once. */
    Circuit resumed() {
        return new Circuit(width, failures, openings, null);
    }

    boolean holdsBack(Instant now) {
        return resumeAt != null && now.isBefore(resumeAt);
    }

    Circuit succeeded() {
        return openings > 0
                ? new Circuit(1, 0, 0, null)
                : new Circuit(Math.min(WIDEST, width + 1), 0, 0, resumeAt);
    }

    /** What ended while it was open was begun before it opened, and so says nothing new. */
    Circuit failed(Instant now, RandomGenerator random) {
        if (holdsBack(now)) {
            return this;
        }
        int narrower = Math.max(1, width / 2);
        int inARow = failures + 1;
        if (inARow < FAILURES) {
            return new Circuit(narrower, inARow, 0, null);
        }
        Duration pause = PAUSES.get(Math.min(openings, PAUSES.size() - 1));
        long stretched = (long) (pause.toMillis() * (1 + JITTER * random.nextDouble()));
        return new Circuit(1, inARow, openings + 1, now.plusMillis(stretched));
    }

    /** The endpoint asked for a rest ({@code Retry-After}), which is no failure of its own. */
    Circuit resting(Instant until) {
        Instant later = resumeAt == null || until.isAfter(resumeAt) ? until : resumeAt;
        return new Circuit(Math.max(1, width / 2), failures, openings, later);
    }
}
