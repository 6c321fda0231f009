package dev.kassa.session;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.database.Sql;
import dev.kassa.device.Devices;
import dev.kassa.event.Event;
import dev.kassa.event.EventType;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Action;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.AttemptStatus;
import dev.kassa.payment.Attempts;
import dev.kassa.payment.Outcome;
import dev.kassa.payment.PaymentMethod;
import dev.kassa.payment.Provider;
import dev.kassa.payment.Providers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;

/** Paying a session: what the clerk's device does between "created" and "finalized". */
@Service
public final class Payments {
    private final Sessions sessions;
    private final PaymentTable table;
    private final Devices devices;
    private final Attempts attempts;
    private final Providers providers;
    private final SessionChanges changes;
    private final InstantSource clock;

    Payments(
            Sessions sessions,
            PaymentTable table,
            Devices devices,
            Attempts attempts,
            Providers providers,
            SessionChanges changes,
            InstantSource clock) {
        this.sessions = sessions;
        this.table = table;
        this.devices = devices;
        this.attempts = attempts;
        this.providers = providers;
        this.changes = changes;
        this.clock = clock;
    }

    /** The payment of a session: an attempt, and what the device must do for it now. */
    public record Payment(Attempt attempt, Outcome.@Nullable ActionNeeded action) {}

    /** The session's newest payment, if the clerk ever chose a method. */
    public Optional<Attempt> latest(Session session) {
        return attempts.latest(session.merchantId(), session.id());
    }

    /** The newest payment of each of these sessions of one merchant, where there is one. */
    public Map<SessionId, Attempt> latest(List<Session> sessions) {
        return sessions.isEmpty()
                ? Map.of()
                : attempts
                        .latest(
                                sessions.getFirst().merchantId(),
                                sessions.stream().map(Session::id).toList())
                        .stream()
                        .collect(Collectors.toMap(Attempt::sessionId, Function.identity()));
    }

    /**
     * What the device must do for the payment in flight, asked of its provider once more.
     *
     * @throws Problem CONFLICT when no payment is in flight, or it needs nothing
     */
    public Action action(Session session) {
        Outcome outcome = session.attemptId() == null ? null : attempts.start(inFlight(session));
        if (outcome instanceof Outcome.ActionNeeded(Action action)) {
            return action;
        }
        throw Problem.conflict("No payment of this session waits for anything.");
    }

    /** One of the session's payments. */
    public Attempt attempt(Session session, AttemptId id) {
        return attempts.find(session.merchantId(), id)
                .filter(attempt -> attempt.sessionId().equals(session.id()))
                .orElseThrow(() -> Problem.notFound("The session has no payment " + id + "."));
    }

    /**
     * Starts a payment of {@code session}, just read, by {@code method}. If one by this method is
     * in flight already, it is that one, however often this is called; one by another method is
     * ended at its provider first.
     *
     * @throws Problem CONFLICT when the session takes no payment (any more), or another session of
     *     the device is being paid
     */
    public Payment attach(Session read, PaymentMethod method) {
        MerchantId merchant = read.merchantId();
        Session session = read;
        for (int i = 0; i < Sessions.TRIES; i++, session = sessions.get(merchant, read.id())) {
            Instant now = Sql.now(clock);
            Sessions.refuseUnlessOpen(session, "take a payment");
            if (session.attemptId() != null) {
                Attempt inFlight = inFlight(session);
                if (inFlight.method() == method) {
                    return started(inFlight);
                }
                Sessions.refuseIfUnknown(attempts.cancel(inFlight));
                continue;
            }
            Attempt attempt = newAttempt(session, method, now);
            Event activated = Sessions.sessionEvent(EventType.SESSION_ACTIVATED, session, now);
            AuditEntry audit =
                    AuditEntry.of(merchant, AuditAction.PAYMENT_STARTED, attempt.id())
                            .after(
                                    Map.of(
                                            "session_id",
                                            session.id().toString(),
                                            "method",
                                            method.wire(),
                                            "provider",
                                            attempt.provider()));
            if (attached(new PaymentTable.AttachRow(attempt, activated, audit))) {
                if (session.status() == SessionStatus.CREATED) {
                    changes.entered(
                            SessionStatus.ACTIVE,
                            merchant,
                            session.deviceId(),
                            EventType.SESSION_ACTIVATED);
                }
                return started(attempt);
            }
            Optional<SessionId> other = table.otherActive(session);
            if (other.isPresent() && !sessions.get(merchant, other.get()).status().isFinal()) {
                throw Problem.conflict(
                        "Another session of this device is being paid. Finish or cancel it first.");
            }
            if (!devices.isRegistered(merchant, session.deviceId())) {
                throw Problem.conflict(
                        "The device was deregistered and takes no payments. Cancel the session and"
                                + " create it on another.");
            }
        }
        throw Sessions.busy();
    }

    /** The unique index stands behind the statement's own look at the device's other sessions. */
    private boolean attached(PaymentTable.AttachRow row) {
        try {
            return table.attach(row);
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    private Attempt newAttempt(Session session, PaymentMethod method, Instant now) {
        Provider provider = providers.choose(method);
        return new Attempt(
                AttemptId.next(),
                session.merchantId(),
                session.id(),
                session.deviceId(),
                method,
                provider.name(),
                Money.of(session.orderAmount(), session.purchaseCurrency()),
                session.manualCapture() && provider.holds(),
                AttemptStatus.PENDING,
                null,
                now,
                session.expiresAt());
    }

    private Payment started(Attempt attempt) {
        return switch (attempts.start(attempt)) {
            case Outcome.ActionNeeded action -> new Payment(attempt, action);
            case Outcome.Unknown _ -> new Payment(attempt, null);
            case Outcome.Approved _, Outcome.Declined _, Outcome.Failed _, Outcome.Cancelled _ ->
                    new Payment(attempts.get(attempt.merchantId(), attempt.id()), null);
        };
    }

    /**
     * Asks the provider how the payment in flight of a session went, which was just read, and
     * settles it. Nothing to ask is no fault on a FINALIZED session: the answer to a lost answer is
     * the same again.
     *
     * @throws Problem CONFLICT when no payment is in flight, or the shopper has not paid yet
     */
    public Session finish(Session session) {
        if (session.status() == SessionStatus.FINALIZED) {
            return session;
        }
        if (session.attemptId() == null) {
            Sessions.refuseUnlessOpen(session, "be finalized");
            throw Problem.conflict(
                    "No payment is in flight. Attach one with POST /pos/v1/sessions/{id}/payments.");
        }
        Outcome outcome = attempts.lookup(inFlight(session));
        if (outcome instanceof Outcome.ActionNeeded) {
            throw Problem.conflict("The shopper has not paid yet.");
        }
        return sessions.get(session.merchantId(), session.id());
    }

    /** Asks the provider about one attempt, settles what it says, and reads the session anew. */
    public Session check(Attempt attempt) {
        var _ = attempts.lookup(attempt);
        return sessions.get(attempt.merchantId(), attempt.sessionId());
    }

    private Attempt inFlight(Session session) {
        AttemptId id = Objects.requireNonNull(session.attemptId());
        return attempts.get(session.merchantId(), id);
    }
}
