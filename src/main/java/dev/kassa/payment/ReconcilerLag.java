package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.monitoring.Lag;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/** How long the attempt or refund that is due the longest has waited for the reconciler. */
@Component
final class ReconcilerLag extends Lag {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    ReconcilerLag(
            AttemptTable attempts,
            LateApprovalTable refunds,
            InstantSource clock,
            MeterRegistry meters) {
        super(
                "kassa.reconciler.lag",
                "How long the attempt or refund that is due the longest has waited to be asked about",
                LIMIT,
                () -> lag(attempts.pending(), refunds.pending(), Sql.now(clock)),
                meters);
    }

    private static Duration lag(
            PendingTable<Attempt> attempts, PendingTable<Refund> refunds, Instant now) {
        Duration ofAttempts = attempts.lagOfAnyMerchant(now);
        Duration ofRefunds = refunds.lagOfAnyMerchant(now);
        return ofAttempts.compareTo(ofRefunds) > 0 ? ofAttempts : ofRefunds;
    }
}
