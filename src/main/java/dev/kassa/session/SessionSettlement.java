package dev.kassa.session;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.MerchantId;
import dev.kassa.order.NewOrder;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.Attempts;
import dev.kassa.payment.Outcome;
import dev.kassa.payment.Settlement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What a settled payment does to its session: FINALIZED with an order, FAILED, or ACTIVE again. */
@Component
final class SessionSettlement implements Settlement {
    private final PaymentTable table;
    private final EventLog events;
    private final SessionMetrics metrics;
    private final InstantSource clock;

    SessionSettlement(
            PaymentTable table, EventLog events, SessionMetrics metrics, InstantSource clock) {
        this.table = table;
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public boolean settle(Attempt attempt, Outcome outcome) {
        Instant now = Sql.now(clock);
        PaymentTable.SettleRow row =
                switch (outcome) {
                    case Outcome.Approved _ -> approved(attempt, outcome, now);
                    case Outcome.Declined(String reason) ->
                            unpaid(
                                    attempt,
                                    outcome,
                                    SessionStatus.ACTIVE,
                                    List.of(event(EventType.PAYMENT_FAILED, attempt, reason, now)),
                                    now);
                    case Outcome.Failed(String reason) ->
                            unpaid(
                                    attempt,
                                    outcome,
                                    SessionStatus.FAILED,
                                    List.of(
                                            event(EventType.PAYMENT_FAILED, attempt, reason, now),
                                            event(EventType.SESSION_FAILED, attempt, reason, now)),
                                    now);
                    case Outcome.Cancelled() ->
                            unpaid(
                                    attempt,
                                    outcome,
                                    SessionStatus.ACTIVE,
                                    List.of(event(EventType.PAYMENT_CANCELLED, attempt, null, now)),
                                    now);
                    case Outcome.ActionNeeded _, Outcome.Unknown _ ->
                            throw new IllegalArgumentException(outcome + " settles nothing");
                };
        boolean settled = table.settle(row);
        if (settled) {
            if (row.to() != SessionStatus.ACTIVE) {
                metrics.entered(row.to(), 1);
            }
            events.committed(attempt.merchantId(), attempt.deviceId(), row.events());
        }
        return settled;
    }

    private static PaymentTable.SettleRow approved(Attempt attempt, Outcome outcome, Instant now) {
        MerchantId merchant = attempt.merchantId();
        NewOrder order = NewOrder.of(attempt, now);
        List<Event> log = new ArrayList<>();
        log.add(
                Event.ofSession(
                        EventType.SESSION_FINALIZED,
                        merchant,
                        attempt.sessionId(),
                        order.id(),
                        null,
                        now));
        log.add(Event.orderCreated(merchant, attempt.sessionId(), order.id(), now));
        if (!order.manualCapture()) {
            log.add(
                    Event.ofCapture(
                            EventType.CAPTURE_CREATED,
                            merchant,
                            attempt.sessionId(),
                            order.id(),
                            order.captureId(),
                            now));
        }
        return new PaymentTable.SettleRow(
                new Attempts.AttemptOutcome(attempt, outcome, now),
                SessionStatus.FINALIZED,
                order,
                log,
                audit(attempt, SessionStatus.FINALIZED));
    }

    private static PaymentTable.SettleRow unpaid(
            Attempt attempt, Outcome outcome, SessionStatus to, List<Event> log, Instant now) {
        return new PaymentTable.SettleRow(
                new Attempts.AttemptOutcome(attempt, outcome, now),
                to,
                null,
                log,
                audit(attempt, to));
    }

    private static AuditEntry audit(Attempt attempt, SessionStatus to) {
        return AuditEntry.of(attempt.merchantId(), AuditAction.PAYMENT_SETTLED, attempt.id())
                .before(Map.of("status", "PENDING"))
                .after(Map.of("session_id", attempt.sessionId().toString(), "session_status", to));
    }

    private static Event event(
            EventType type, Attempt attempt, @Nullable String failureReason, Instant now) {
        return Event.ofSession(
                type, attempt.merchantId(), attempt.sessionId(), null, failureReason, now);
    }
}
