package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Loop;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Asks providers about attempts that nobody has settled until they know. An attempt still waiting
 * for its shopper when the session's time is up is ended at the provider, so that the session can
 * expire.
 */
@Component
public final class Reconciler {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH = 50;

    private final AttemptTable table;
    private final Attempts attempts;
    private final InstantSource clock;
    private @Nullable Loop loop;

    Reconciler(AttemptTable table, Attempts attempts, InstantSource clock) {
        this.table = table;
        this.attempts = attempts;
        this.clock = clock;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        loop = Loop.start("reconciler", INTERVAL, this::runOnce);
    }

    @PreDestroy
    void stop() {
        if (loop != null) {
            loop.close();
        }
    }

    /** Checks every attempt that is due now. */
    public void runOnce() {
        Instant now = Sql.now(clock);
        List<Attempt> due;
        do {
            due = table.claimDueOfAnyMerchant(now, BATCH);
            due.forEach(attempt -> check(attempt, now));
        } while (due.size() == BATCH);
    }

    private void check(Attempt attempt, Instant now) {
        Outcome outcome =
                attempt.givesUpAt().isAfter(now)
                        ? attempts.lookup(attempt)
                        : attempts.cancel(attempt);
        if (outcome instanceof Outcome.Unknown && attempt.givesUpAt().isAfter(now)) {
            // Perhaps the start never reached the provider; under the same key it is safe to
            // repeat.
            var _ = attempts.start(attempt);
        }
    }
}
