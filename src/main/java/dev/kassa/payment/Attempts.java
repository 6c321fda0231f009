package dev.kassa.payment;

import dev.kassa.database.SqlFragment;
import dev.kassa.database.SqlParameters;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.springframework.stereotype.Service;

/** Asks providers about attempts and settles what they say. */
@Service
public final class Attempts {
    /** Writes the intents; see {@link AttemptTable#INTENT}. */
    public static final SqlFragment INTENT = AttemptTable.INTENT;

    /** The guard on an attempt's own row; see {@link AttemptTable#PENDING}. */
    public static final String PENDING = AttemptTable.PENDING;

    /** Settles the attempts' rows; see {@link AttemptTable#CLOSE}. */
    public static final SqlFragment CLOSE = AttemptTable.CLOSE;

    private final AttemptTable table;
    private final Providers providers;
    private final Settlement settlement;
    private final LateApprovals lateApprovals;
    private final MeterRegistry meters;

    Attempts(
            AttemptTable table,
            Providers providers,
            Settlement settlement,
            LateApprovals lateApprovals,
            MeterRegistry meters) {
        this.table = table;
        this.providers = providers;
        this.settlement = settlement;
        this.lateApprovals = lateApprovals;
        this.meters = meters;
    }

    /** Tells the provider of an attempt already committed, and settles what it answers. */
    public Outcome start(Attempt attempt) {
        return askAndSettle(attempt, Provider::start);
    }

    /** Asks the provider how an attempt stands, and settles what it answers. */
    public Outcome lookup(Attempt attempt) {
        return askAndSettle(attempt, Provider::lookup);
    }

    /** Asks the provider to end an attempt, and settles what it answers. */
    public Outcome cancel(Attempt attempt) {
        return askAndSettle(attempt, Provider::cancel);
    }

    private Outcome askAndSettle(Attempt attempt, BiFunction<Provider, Attempt, Outcome> question) {
        Outcome outcome = question.apply(providers.of(attempt), attempt);
        var _ = settle(attempt, outcome);
        return outcome;
    }

    /**
     * The one door out of PENDING. The first final answer goes through, with everything that
     * follows from it; a later one changes nothing. It is kept when it contradicts, and if it is an
     * approval, the money is given back.
     *
     * @return whether this call settled the attempt
     */
    public boolean settle(Attempt attempt, Outcome outcome) {
        return switch (outcome) {
            case Outcome.ActionNeeded _, Outcome.Unknown _ -> false;
            case Outcome.Approved _, Outcome.Declined _, Outcome.Failed _, Outcome.Cancelled _ -> {
                if (settlement.settle(attempt, outcome)) {
                    count(attempt, outcome);
                    yield true;
                }
                lateApprovals.keepLate(attempt, outcome);
                yield false;
            }
        };
    }

    /**
     * Settles an attempt by a person's word: like {@link #settle}, but a word that comes too late
     * is neither kept nor does anything follow from it. Runs in the caller's transaction.
     */
    boolean resolve(Attempt attempt, Outcome outcome) {
        boolean settled = settlement.settle(attempt, outcome);
        if (settled) {
            count(attempt, outcome);
        }
        return settled;
    }

    private void count(Attempt attempt, Outcome outcome) {
        Counter.builder("kassa.attempts")
                .description("Payment attempts that this node settled")
                .tag("provider", attempt.provider())
                .tag("outcome", OutcomeColumns.of(outcome).status().name())
                .register(meters)
                .increment();
    }

    /** Sets the parameters of {@link #INTENT}. */
    public static void bindIntent(SqlParameters parameters, List<Attempt> attempts) {
        AttemptTable.bindIntent(parameters, attempts);
    }

    /** An attempt about to be settled, the final outcome that settles it, and when. */
    public record AttemptOutcome(Attempt attempt, Outcome outcome, Instant at) {}

    /** Sets the parameters of {@link #CLOSE}. */
    public static void bindClose(SqlParameters parameters, List<AttemptOutcome> outcomes) {
        AttemptTable.bindClose(parameters, outcomes);
    }

    /** One of the merchant's attempts, which a session names and so must exist. */
    public Attempt get(MerchantId merchant, AttemptId attempt) {
        return find(merchant, attempt).orElseThrow();
    }

    /** One of the merchant's attempts. */
    public Optional<Attempt> find(MerchantId merchant, AttemptId attempt) {
        return table.find(merchant, attempt);
    }

    /** The session's newest attempt, whatever its status. */
    public Optional<Attempt> latest(MerchantId merchant, SessionId session) {
        return table.latest(merchant, session);
    }

    /** The newest attempt of each of these sessions that has one. */
    public List<Attempt> latest(MerchantId merchant, List<SessionId> sessions) {
        return sessions.isEmpty() ? List.of() : table.latest(merchant, sessions);
    }
}
