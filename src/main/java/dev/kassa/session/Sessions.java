package dev.kassa.session;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.database.Sql;
import dev.kassa.device.Device;
import dev.kassa.device.Devices;
import dev.kassa.event.Event;
import dev.kassa.event.EventType;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import dev.kassa.payment.Attempts;
import dev.kassa.payment.Outcome;
import dev.kassa.session.SessionInserts.Inserted;
import dev.kassa.session.SessionInserts.NewRow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * What can be done with a session. Each verb reads first, refuses, and then writes one statement.
 */
@Service
public final class Sessions {
    /**
     * How often a verb looks again after another one changed the session under it. Each loss means
     * that somebody else moved the session on, which a session allows only a few times.
     */
    static final int TRIES = 5;

    private final SessionTable table;
    private final SessionInserts inserts;
    private final Devices devices;
    private final Attempts attempts;
    private final SessionChanges changes;
    private final SessionTtl ttl;
    private final InstantSource clock;

    Sessions(
            SessionTable table,
            SessionInserts inserts,
            Devices devices,
            Attempts attempts,
            SessionChanges changes,
            SessionTtl ttl,
            InstantSource clock) {
        this.table = table;
        this.inserts = inserts;
        this.devices = devices;
        this.attempts = attempts;
        this.changes = changes;
        this.ttl = ttl;
        this.clock = clock;
    }

    /**
     * The statement of {@link #create} for a session that comes alone, with named parameters: the
     * whole of its work in SQL.
     */
    public static String createStatement() {
        return SessionInserts.INSERT.sql();
    }

    private static void refuseOtherCurrency(Merchant merchant, String currency) {
        if (!merchant.currencies().isEmpty() && !merchant.currencies().contains(currency)) {
            throw Problem.invalid(
                    "purchase_currency",
                    "must be a currency in which this merchant sells: "
                            + String.join(", ", new TreeSet<>(merchant.currencies())));
        }
    }

    /**
     * Opens a session on a device, as a body of the API says.
     *
     * @param location where it sells; null for the device's own
     * @throws Problem INVALID when the body has faults, and as {@link #create(Merchant,
     *     NewSession)}
     */
    public Session create(Merchant merchant, JsonObject body, @Nullable LocationId location) {
        return create(merchant, NewSession.read(body, location));
    }

    /**
     * Opens a session on a device.
     *
     * @throws Problem NOT_FOUND or INVALID when the device cannot sell there; CONFLICT when it has
     *     {@link Limits#OPEN_SESSIONS} open sessions
     */
    Session create(Merchant merchant, NewSession request) {
        refuseOtherCurrency(merchant, request.purchaseCurrency());
        Instant now = Sql.now(clock);
        Duration life = merchant.sessionTtl() == null ? ttl.value() : merchant.sessionTtl();
        SessionId id = SessionId.next();
        Event created =
                Event.ofSession(EventType.SESSION_CREATED, merchant.id(), id, null, null, now);
        AuditEntry audit =
                AuditEntry.of(merchant.id(), AuditAction.SESSION_CREATED, id)
                        .after(
                                Map.of(
                                        "order_amount",
                                        request.orderAmount(),
                                        "purchase_currency",
                                        request.purchaseCurrency(),
                                        "device_id",
                                        request.deviceId().toString()));
        NewRow row = new NewRow(id, merchant, request, null, now, now.plus(life), created, audit);
        Inserted inserted = inserts.insert(row);
        if (inserted instanceof Inserted.Unfit) {
            inserted = inserts.insert(row.at(sellingLocation(row)));
        }
        return switch (inserted) {
            case Inserted.Made(Session session) -> {
                changes.entered(
                        SessionStatus.CREATED,
                        merchant.id(),
                        session.deviceId(),
                        EventType.SESSION_CREATED);
                yield session;
            }
            case Inserted.Full() ->
                    throw Problem.conflict(
                            "The device has "
                                    + Limits.OPEN_SESSIONS
                                    + " open sessions, which is the most it can have. Cancel those"
                                    + " that nobody will pay.");
            case Inserted.Busy(), Inserted.Unfit() -> throw busy();
        };
    }

    /** The device has no location of its own, or there is a fault to name. */
    private LocationId sellingLocation(NewRow row) {
        NewSession request = row.request();
        return devices.sellingLocation(
                row.merchant().id(), request.deviceId(), request.locationId());
    }

    /**
     * One of the merchant's sessions. One whose time is up is written as EXPIRED before it is
     * shown, so that a status once shown as final never changes.
     */
    public Session get(MerchantId merchant, SessionId id) {
        Session session = find(merchant, id);
        Instant now = Sql.now(clock);
        if (!session.isDue(now)) {
            return session;
        }
        var _ = expire(session, now);
        return find(merchant, id);
    }

    private Session find(MerchantId merchant, SessionId id) {
        return table.find(new SessionTable.Key(merchant, id))
                .orElseThrow(() -> Problem.notFound("There is no session " + id + "."));
    }

    private boolean expire(Session session, Instant now) {
        Event event = sessionEvent(EventType.SESSION_EXPIRED, session, now);
        boolean expired = table.expire(session, event, now);
        if (expired) {
            changes.entered(
                    SessionStatus.EXPIRED,
                    session.merchantId(),
                    session.deviceId(),
                    EventType.SESSION_EXPIRED);
        }
        return expired;
    }

    /** One of this device's sessions. */
    public Session get(Device device, SessionId id) {
        Session session = get(device.merchantId(), id);
        if (!session.deviceId().equals(device.id())) {
            throw Problem.notFound("There is no session " + id + " on this device.");
        }
        return session;
    }

    /**
     * At most {@code limit} of the device's open sessions, oldest first, behind {@code after}; null
     * begins. All of them with their carts may be too much to hold at once.
     */
    public List<Session> openOf(Device device, @Nullable Session after, int limit) {
        return table.openOf(device.merchantId(), device.id(), Sql.now(clock), after, limit);
    }

    /**
     * Calls a session off, which was just read. Repeating it is no fault. With a payment in flight
     * the provider is asked to end it; if the shopper was faster, the payment stands.
     *
     * @throws Problem CONFLICT when the session ended otherwise, or the provider does not answer
     */
    public Session cancel(Session read) {
        MerchantId merchant = read.merchantId();
        Session session = read;
        for (int i = 0; i < TRIES; i++, session = get(merchant, read.id())) {
            if (session.status() == SessionStatus.CANCELLED) {
                return session;
            }
            Instant now = Sql.now(clock);
            refuseUnlessOpen(session, "be cancelled");
            if (session.attemptId() != null) {
                refuseIfUnknown(attempts.cancel(attempts.get(merchant, session.attemptId())));
                continue;
            }
            Event event = sessionEvent(EventType.SESSION_CANCELLED, session, now);
            if (table.cancel(session, event, now)) {
                changes.entered(
                        SessionStatus.CANCELLED,
                        merchant,
                        session.deviceId(),
                        EventType.SESSION_CANCELLED);
                return get(merchant, read.id());
            }
        }
        throw busy();
    }

    static void refuseUnlessOpen(Session session, String verb) {
        if (session.status().isFinal()) {
            throw Problem.conflict(
                    "The session is " + session.status() + " and can no longer " + verb + ".");
        }
    }

    static void refuseIfUnknown(Outcome outcome) {
        if (outcome instanceof Outcome.Unknown || outcome instanceof Outcome.ActionNeeded) {
            throw Problem.conflict(
                    "A payment is under way and its provider does not answer. It will be asked again;"
                            + " look at the session in a few seconds.");
        }
    }

    static Problem busy() {
        return Problem.conflict("The session is changing too fast right now. Try again.");
    }

    static Event sessionEvent(EventType type, Session session, Instant now) {
        return Event.ofSession(type, session.merchantId(), session.id(), null, null, now);
    }
}
