package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Asks providers about attempts that nobody has settled until they know. An attempt still waiting
 * for its shopper when the session's time is up is ended at the provider, so that the session can
 * expire.
 */
@Component
public final class Reconciler implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH = 50;

    private final AttemptTable table;
    private final Attempts attempts;
    private final InstantSource clock;

    Reconciler(AttemptTable table, Attempts attempts, InstantSource clock) {
        this.table = table;
        this.attempts = attempts;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "reconciler";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Checks every attempt that is due now. */
    @Override
    public void runOnce() {
        Instant now = Sql.now(clock);
        List<Attempt> due;
        do {
            due = table.claimDueOfAnyMerchant(now, BATCH);
            checkAll(due, now);
        } while (due.size() == BATCH);
    }

    /** Side by side: a provider that hangs must not hold up the others' attempts. */
    private void checkAll(List<Attempt> due, Instant now) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(attempt -> threads.execute(() -> checkQuietly(attempt, now)));
        }
    }

    private void checkQuietly(Attempt attempt, Instant now) {
        try {
            check(attempt, now);
        } catch (RuntimeException e) {
            LOG.warn("Attempt {} was not checked; it is due again later", attempt.id(), e);
        }
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
