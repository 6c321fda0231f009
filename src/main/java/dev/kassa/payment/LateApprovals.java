package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.RefundId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Gives money back. Like an attempt, a refund is committed before the provider hears of it, may be
 * asked for again under its id, and is settled once.
 */
@Service
final class LateApprovals implements PendingOperations<Refund> {
    private static final Logger LOG = LoggerFactory.getLogger(LateApprovals.class);

    private final LateApprovalTable table;
    private final PendingTable<Refund> pending;
    private final Providers providers;
    private final EventLog events;
    private final InstantSource clock;

    LateApprovals(
            LateApprovalTable table, Providers providers, EventLog events, InstantSource clock) {
        this.table = table;
        this.pending = table.pending();
        this.providers = providers;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Keeps an answer that came after the attempt was settled, if it contradicts. An approval can
     * no longer be applied, so it is refunded; should the provider not answer now, the reconciler
     * goes on asking.
     */
    void keepLate(Attempt attempt, Outcome outcome) {
        Optional<Refund> owed =
                table.keep(attempt, OutcomeColumns.of(outcome), RefundId.next(), Sql.now(clock));
        if (owed.isPresent()) {
            LOG.error(
                    "{} approved attempt {} after it was settled otherwise; giving it back",
                    attempt.provider(),
                    attempt.id());
            start(owed.get());
        }
    }

    @Override
    public Set<OperationKind> kinds() {
        return Set.of(OperationKind.REVERSAL);
    }

    @Override
    public PendingTable<Refund> table() {
        return pending;
    }

    /** Asks how a refund stands; where that stays unknown, starts it again under its id. */
    @Override
    public CheckResult check(Refund refund) {
        RefundOutcome outcome = ask(refund, Provider::lookup);
        if (outcome instanceof RefundOutcome.Unknown) {
            outcome = ask(refund, Provider::refund);
        }
        settle(refund, outcome);
        return outcome instanceof RefundOutcome.Unknown(String why)
                ? new CheckResult.Unknown(why)
                : new CheckResult.Settled();
    }

    /** Tells the provider of a refund already committed, and settles what it answers. */
    private void start(Refund refund) {
        settle(refund, ask(refund, Provider::refund));
    }

    private RefundOutcome ask(Refund refund, BiFunction<Provider, Refund, RefundOutcome> question) {
        return question.apply(providers.named(refund.provider()), refund);
    }

    private void settle(Refund refund, RefundOutcome outcome) {
        switch (outcome) {
            case RefundOutcome.Unknown _ -> {}
            case RefundOutcome.Refused(String reason) -> {
                LOG.error("{} refused refund {}: {}", refund.provider(), refund.id(), reason);
                LateApprovalTable.Refused refused = refused(refund, reason);
                if (refused.next() != null) {
                    start(refused.next());
                }
                if (!refused.settled()) {
                    keepLate(refund, "REFUSED", reason);
                }
            }
            case RefundOutcome.Refunded(String reference) -> {
                if (!refunded(refund, reference)) {
                    keepLate(refund, "REFUNDED", reference);
                }
            }
        }
    }

    private LateApprovalTable.Refused refused(Refund refund, String reason) {
        return table.refused(refund, reason, RefundId.next(), Sql.now(clock));
    }

    private boolean refunded(Refund refund, String reference) {
        Instant now = Sql.now(clock);
        boolean settled = table.refunded(refund, reference, refunded(refund, now), now);
        if (settled) {
            events.committed(refund.merchantId(), refund.deviceId(), EventType.PAYMENT_REFUNDED);
        }
        return settled;
    }

    private void keepLate(Refund refund, String status, String detail) {
        if (pending.keepLate(
                refund.merchantId(), refund.id().value(), status, detail, Sql.now(clock))) {
            LOG.error(
                    "{} says {} of refund {} ({}), which was settled otherwise",
                    refund.provider(),
                    status,
                    refund.id(),
                    detail);
        }
    }

    /** What a refusal leaves owed anew is begun by the reconciler. */
    @Override
    public boolean resolve(ProviderOperation operation, ResolvedAs as, @Nullable String reference) {
        Refund refund = table.get(operation.merchantId(), new RefundId(operation.id()));
        return switch (as) {
            case REFUNDED ->
                    refunded(refund, reference == null ? refund.id().toString() : reference);
            case REFUSED -> refused(refund, ResolvedAs.REASON).settled();
            case PAID, DECLINED, FAILED, CANCELLED, CAPTURED, RELEASED ->
                    throw new IllegalArgumentException(as + " is for no refund");
        };
    }

    private static Event refunded(Refund refund, Instant now) {
        return Event.ofSession(
                EventType.PAYMENT_REFUNDED,
                refund.merchantId(),
                refund.sessionId(),
                null,
                null,
                now);
    }
}
