package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.kernel.AttemptId;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Payments that nobody has settled. One still waiting for its shopper when the session's time is up
 * is ended at the provider, so that the session can expire.
 */
@Component
final class PendingAttempts implements PendingOperations<Attempt> {
    private final PendingTable<Attempt> table;
    private final Attempts attempts;
    private final InstantSource clock;

    PendingAttempts(AttemptTable table, Attempts attempts, InstantSource clock) {
        this.table = table.pending();
        this.attempts = attempts;
        this.clock = clock;
    }

    @Override
    public Set<OperationKind> kinds() {
        return Set.of(OperationKind.PAYMENT);
    }

    @Override
    public PendingTable<Attempt> table() {
        return table;
    }

    @Override
    public CheckResult check(Attempt attempt) {
        boolean mayBePaid = attempt.givesUpAt().isAfter(Sql.now(clock));
        Outcome outcome = mayBePaid ? attempts.lookup(attempt) : attempts.cancel(attempt);
        if (outcome instanceof Outcome.Unknown && mayBePaid) {
            // Perhaps the start never reached the provider; under the same key it is safe to
            // repeat.
            outcome = attempts.start(attempt);
        }
        return switch (outcome) {
            case Outcome.Approved _, Outcome.Declined _, Outcome.Failed _, Outcome.Cancelled _ ->
                    new CheckResult.Settled();
            case Outcome.ActionNeeded _ ->
                    mayBePaid
                            ? new CheckResult.Waiting()
                            : new CheckResult.Unknown(
                                    "It still waits for the shopper, though asked to end that.");
            case Outcome.Unknown(String why) -> new CheckResult.Unknown(why);
        };
    }

    @Override
    public boolean resolve(ProviderOperation operation, ResolvedAs as, @Nullable String reference) {
        AttemptId id = new AttemptId(operation.id());
        Outcome outcome =
                switch (as) {
                    case PAID ->
                            new Outcome.Approved(reference == null ? id.toString() : reference);
                    case DECLINED -> new Outcome.Declined(ResolvedAs.REASON);
                    case FAILED -> new Outcome.Failed(ResolvedAs.REASON);
                    case CANCELLED -> new Outcome.Cancelled();
                    case REFUNDED, CAPTURED, RELEASED, REFUSED ->
                            throw new IllegalArgumentException(as + " is for no payment");
                };
        return attempts.resolve(attempts.get(operation.merchantId(), id), outcome);
    }
}
