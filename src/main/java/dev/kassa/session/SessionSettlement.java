package dev.kassa.session;

import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.MerchantId;
import dev.kassa.order.NewOrder;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.Outcome;
import dev.kassa.payment.Settlement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** What a settled payment does to its session: FINALIZED with an order, FAILED, or ACTIVE again. */
@Component
final class SessionSettlement implements Settlement {
    private final SessionTable table;
    private final EventLog events;
    private final SessionMetrics metrics;
    private final InstantSource clock;

    SessionSettlement(
            SessionTable table, EventLog events, SessionMetrics metrics, InstantSource clock) {
        this.table = table;
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public boolean settle(Attempt attempt, Outcome outcome) {
        Instant now = Sql.now(clock);
        boolean settled =
                switch (outcome) {
                    case Outcome.Approved _ -> approved(attempt, outcome, now);
                    case Outcome.Declined(String reason) ->
                            table.settleUnpaid(
                                    attempt,
                                    outcome,
                                    SessionStatus.ACTIVE,
                                    List.of(
                                            failure(
                                                    EventType.PAYMENT_FAILED,
                                                    attempt,
                                                    reason,
                                                    now)),
                                    now);
                    case Outcome.Failed(String reason) ->
                            table.settleUnpaid(
                                    attempt,
                                    outcome,
                                    SessionStatus.FAILED,
                                    List.of(
                                            failure(EventType.PAYMENT_FAILED, attempt, reason, now),
                                            failure(
                                                    EventType.SESSION_FAILED,
                                                    attempt,
                                                    reason,
                                                    now)),
                                    now);
                    case Outcome.Cancelled() ->
                            table.settleUnpaid(
                                    attempt, outcome, SessionStatus.ACTIVE, List.of(), now);
                    case Outcome.ActionNeeded _, Outcome.Unknown _ ->
                            throw new IllegalArgumentException(outcome + " settles nothing");
                };
        if (settled) {
            switch (outcome) {
                case Outcome.Approved _ -> metrics.entered(SessionStatus.FINALIZED, 1);
                case Outcome.Failed _ -> metrics.entered(SessionStatus.FAILED, 1);
                default -> {}
            }
            events.committed(attempt.deviceId());
        }
        return settled;
    }

    private boolean approved(Attempt attempt, Outcome outcome, Instant now) {
        MerchantId merchant = attempt.merchantId();
        NewOrder order = NewOrder.of(attempt);
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
        return table.settleApproved(attempt, outcome, order, log, now);
    }

    private static Event failure(EventType type, Attempt attempt, String reason, Instant now) {
        return Event.ofSession(type, attempt.merchantId(), attempt.sessionId(), null, reason, now);
    }
}
