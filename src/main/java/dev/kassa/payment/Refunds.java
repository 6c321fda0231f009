package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.RefundId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Gives money back. Like an attempt, a refund is committed before the provider hears of it, may be
 * asked for again under its id, and is settled once.
 */
@Service
final class Refunds {
    private static final Logger LOG = LoggerFactory.getLogger(Refunds.class);

    private final RefundTable table;
    private final Providers providers;
    private final EventLog events;
    private final InstantSource clock;

    Refunds(RefundTable table, Providers providers, EventLog events, InstantSource clock) {
        this.table = table;
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
                table.keep(attempt, Verdict.of(outcome), RefundId.next(), Sql.now(clock));
        if (owed.isPresent()) {
            LOG.error(
                    "{} approved attempt {} after it was settled otherwise; giving it back",
                    attempt.provider(),
                    attempt.id());
            start(owed.get());
        }
    }

    /** Tells the provider of a refund already committed, and settles what it answers. */
    void start(Refund refund) {
        settle(refund, ask(refund, Provider::refund));
    }

    /** Asks how a refund stands; where that stays unknown, starts it again under its id. */
    void check(Refund refund) {
        RefundOutcome outcome = ask(refund, Provider::lookup);
        if (outcome instanceof RefundOutcome.Unknown) {
            start(refund);
        } else {
            settle(refund, outcome);
        }
    }

    private RefundOutcome ask(Refund refund, BiFunction<Provider, Refund, RefundOutcome> question) {
        try {
            return question.apply(providers.named(refund.provider()), refund);
        } catch (RuntimeException e) {
            Providers.logSilence(LOG, refund.provider(), "refund " + refund.id(), e);
            return new RefundOutcome.Unknown(String.valueOf(e.getMessage()));
        }
    }

    private void settle(Refund refund, RefundOutcome outcome) {
        Instant now = Sql.now(clock);
        switch (outcome) {
            case RefundOutcome.Unknown _ -> {}
            case RefundOutcome.Refused(String reason) -> {
                LOG.error("{} refused refund {}: {}", refund.provider(), refund.id(), reason);
                table.refused(refund, reason, RefundId.next(), now).ifPresent(this::start);
            }
            case RefundOutcome.Refunded(String reference) -> {
                if (table.refunded(refund, reference, refunded(refund, now), now)) {
                    events.committed(
                            refund.merchantId(), refund.deviceId(), EventType.PAYMENT_REFUNDED);
                }
            }
        }
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
