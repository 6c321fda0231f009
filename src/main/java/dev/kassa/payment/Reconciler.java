package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Asks providers about attempts and refunds that nobody has settled until they know. An attempt
 * still waiting for its shopper when the session's time is up is ended at the provider, so that the
 * session can expire.
 */
@Component
public final class Reconciler implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH = 50;

    private final AttemptTable attemptTable;
    private final Attempts attempts;
    private final RefundTable refundTable;
    private final Refunds refunds;
    private final InstantSource clock;

    Reconciler(
            AttemptTable attemptTable,
            Attempts attempts,
            RefundTable refundTable,
            Refunds refunds,
            InstantSource clock) {
        this.attemptTable = attemptTable;
        this.attempts = attempts;
        this.refundTable = refundTable;
        this.refunds = refunds;
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

    /** Checks every attempt and every refund that is due now. */
    @Override
    public void runOnce() {
        Instant now = Sql.now(clock);
        all(() -> attemptTable.claimDueOfAnyMerchant(now, BATCH), attempt -> check(attempt, now));
        all(() -> refundTable.claimDueOfAnyMerchant(now, BATCH), refunds::check);
    }

    private static <T> void all(Supplier<List<T>> claim, Consumer<T> check) {
        List<T> due;
        do {
            due = claim.get();
            sideBySide(due, check);
        } while (due.size() == BATCH);
    }

    /** A provider that hangs must not hold up what the others are asked about. */
    private static <T> void sideBySide(List<T> due, Consumer<T> check) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(one -> threads.execute(() -> quietly(one, check)));
        }
    }

    private static <T> void quietly(T one, Consumer<T> check) {
        try {
            check.accept(one);
        } catch (RuntimeException e) {
            LOG.warn("{} was not checked; it is due again later", one, e);
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
