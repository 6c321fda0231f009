package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/**
 * Asks providers about attempts and refunds that nobody has settled until they know. An attempt
 * still waiting for its shopper when the session's time is up is ended at the provider, so that the
 * session can expire.
 */
@Component
public final class Reconciler implements Worker {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

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
        Rounds.run(
                limit -> attemptTable.claimDueOfAnyMerchant(now, limit),
                attempt -> check(attempt, now));
        Rounds.run(limit -> refundTable.claimDueOfAnyMerchant(now, limit), refunds::check);
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
