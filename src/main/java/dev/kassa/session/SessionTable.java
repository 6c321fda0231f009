package dev.kassa.session;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.GroupCommit;
import dev.kassa.database.GroupCommits;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlStatement;
import dev.kassa.database.WorkContext;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * The table session; {@link SessionInserts} adds to it, and {@link PaymentTable} has the changes
 * that a payment makes. Each change is one statement: it locks the device's row, changes the
 * session under a guard on the session's own row, and logs the event. Locks are always taken in the
 * order device, attempt, session.
 *
 * <p>The guard must look at the session's row alone. PostgreSQL checks it again on the newest
 * version of a row it had to wait for, but not a subquery on another table.
 */
@Component
final class SessionTable {
    static final String COLUMNS =
            """
            session_id, merchant_id, device_id, location_id, status, order_amount, order_tax_amount,
            purchase_currency, purchase_started_at, purchase_completed_at, order_items,
            merchant_reference1, merchant_reference2, merchant_data, manual_capture, attempt_id, order_id,
            created_at, updated_at, expires_at
            """;

    /** To CANCELLED or EXPIRED: only while no payment is in flight. */
    private static final SqlStatement CLOSE_UNPAID =
            SqlStatement.of(
                    """
                    with locked as (
                        select session.session_id
                        from session join device using (merchant_id, device_id)
                        where session.merchant_id = :merchant_id and session.session_id = :session_id
                        for no key update of device
                    ),
                    logged as (
                        update session set status = :to, updated_at = :now
                        from locked
                        where session.merchant_id = :merchant_id
                            and session.session_id = locked.session_id
                            and session.attempt_id is null and session.status = any(:from)
                            and (session.expires_at <= :now) = :after_expiry
                        returning session.session_id, session.merchant_id, session.device_id
                    ),
                    """,
                    List.of(EventLog.APPEND, AuditLog.append("logged", "session_id")),
                    "select count(*) from logged");

    /** The index session_due in its order; the first time from its beginning. */
    static final String DUE =
            """
            select session_id, merchant_id, device_id, expires_at from session
            where status in ('CREATED', 'ACTIVE') and attempt_id is null
                and expires_at <= :now
                and (expires_at, session_id) > (coalesce(:after_time::timestamptz, '-infinity'),
                    coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
            order by expires_at, session_id limit :limit
            """;

    /**
     * Many at once. A device that somebody else is working on is left for the next round, so this
     * never waits and never deadlocks, and several nodes may do it side by side.
     */
    private static final SqlStatement EXPIRE =
            SqlStatement.of(
                    """
                    with locked as (
                        select device_id from device where device_id = any(:device_ids::uuid[])
                        order by device_id
                        for no key update skip locked
                    ),
                    logged as (
                        update session set status = 'EXPIRED', updated_at = :now
                        from locked
                        where session.session_id = any(:session_ids::uuid[])
                            and session.device_id = locked.device_id and session.attempt_id is null
                            and session.status = any(:from) and session.expires_at <= :now
                        returning session.session_id, session.merchant_id, session.device_id
                    ),
                    """,
                    List.of(EventLog.APPEND, AuditLog.append("logged", "session_id")),
                    "select device_id from logged");

    /** Counting further would take the longer, the more there are, and tell no more. */
    static final int MOST_COUNTED = 100_000;

    private final JdbcClient jdbc;
    private final RowGate gate;
    private final GroupCommit<Key, Key, Session> reads;

    SessionTable(JdbcClient jdbc, GroupCommits groups, RowGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
        this.reads =
                groups.of(
                        new GroupCommit.Work<>(
                                "session_read",
                                WorkContext.Use.READ,
                                Key::merchant,
                                Function.identity(),
                                this::findAll));
    }

    /** Names a session: one of this merchant. */
    record Key(MerchantId merchant, SessionId id) {}

    Optional<Session> find(Key key) {
        return reads.run(key).or(() -> Optional.ofNullable(findAll(List.of(key)).get(key)));
    }

    /**
     * Those of the sessions that there are. Each is looked up by its key, whatever the planner
     * thinks of the table, and the arrays are hidden from it behind a select: knowing how many they
     * are it would plan anew for each, which takes longer than the reading.
     */
    private Map<Key, Session> findAll(List<Key> keys) {
        return jdbc
                .sql(
                        "select "
                                + COLUMNS
                                + """
                                from unnest((select :merchant_ids::text[]),
                                    (select :session_ids::uuid[])) as wanted (merchant, id)
                                cross join lateral (
                                    select * from session
                                    where session_id = wanted.id and merchant_id = wanted.merchant
                                    limit 1) found
                                """)
                .param("merchant_ids", Sql.column(keys, Key::merchant))
                .param("session_ids", Sql.column(keys, Key::id))
                .query(SessionTable::session)
                .list()
                .stream()
                .collect(
                        Collectors.toMap(
                                session -> new Key(session.merchantId(), session.id()),
                                Function.identity(),
                                (same, again) -> again));
    }

    /** Some of the device's open sessions, oldest first, from {@code after} on. */
    List<Session> openOf(
            MerchantId merchant, DeviceId device, Instant now, @Nullable Session after, int limit) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from session
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and status in ('CREATED', 'ACTIVE')
                                    and (expires_at > :now or attempt_id is not null)
                                    and (created_at, session_id) > (:after_time, :after_id)
                                order by created_at, session_id limit :limit
                                """)
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .param("now", Sql.at(now))
                .param("after_time", Sql.at(after == null ? Instant.EPOCH : after.createdAt()))
                .param("after_id", after == null ? new UUID(0, 0) : after.id().value())
                .param("limit", limit)
                .query(SessionTable::session)
                .list();
    }

    /** Cancels the session; false when it is final, past its time, or has a payment in flight. */
    boolean cancel(Session session, Event event, Instant now) {
        return closeUnpaid(session, SessionStatus.CANCELLED, event, now);
    }

    /**
     * Expires the session; false when its time is not up, it is final, or a payment is in flight.
     */
    boolean expire(Session session, Event event, Instant now) {
        return closeUnpaid(session, SessionStatus.EXPIRED, event, now);
    }

    private boolean closeUnpaid(Session session, SessionStatus to, Event event, Instant now) {
        StatementSpec bound =
                CLOSE_UNPAID.bind(
                        jdbc,
                        parameters -> {
                            var _ =
                                    parameters
                                            .param("merchant_id", session.merchantId().value())
                                            .param("session_id", session.id().value())
                                            .param("to", to.name())
                                            .param("from", to.from())
                                            .param("after_expiry", to == SessionStatus.EXPIRED)
                                            .param("now", Sql.at(now));
                            EventLog.bind(parameters, List.of(event));
                            AuditLog.bind(parameters, List.of(closed(session, to)));
                        });
        return gate.through(
                        session.merchantId(),
                        session.deviceId(),
                        () -> bound.query(Long.class).single())
                == 1;
    }

    private static AuditEntry closed(Session session, SessionStatus to) {
        AuditAction action =
                to == SessionStatus.EXPIRED
                        ? AuditAction.SESSION_EXPIRED
                        : AuditAction.SESSION_CANCELLED;
        return AuditEntry.of(session.merchantId(), action, session.id())
                .before(Map.of("status", session.status()));
    }

    /** A session that may be due, as the expiry reads them: in the order of their time. */
    record Due(SessionId id, MerchantId merchantId, DeviceId deviceId, Instant expiresAt) {}

    /**
     * Open sessions of any merchant whose time is up and that no payment holds, the longest overdue
     * first, after {@code last} if there is one.
     */
    List<Due> dueOfAnyMerchant(Instant now, @Nullable Due last, int limit) {
        return jdbc.sql(DUE)
                .param("after_time", last == null ? null : Sql.at(last.expiresAt()))
                .param("after_id", last == null ? null : last.id().value())
                .param("now", Sql.at(now))
                .param("limit", limit)
                .query((row, n) ->
                        new Due(
                                new SessionId(Sql.uuid(row, "session_id")),
                                new MerchantId(Sql.text(row, "merchant_id")),
                                new DeviceId(Sql.uuid(row, "device_id")),
                                Sql.instant(row, "expires_at")))
                .list();
    }

    /** Expires those of the sessions that still can be; answers the device of each. */
    List<DeviceId> expireOfAnyMerchant(List<Due> due, List<Event> events, Instant now) {
        return EXPIRE.bind(
                        jdbc,
                        parameters -> {
                            var _ =
                                    parameters
                                            .param("session_ids", Sql.column(due, Due::id))
                                            .param(
                                                    "device_ids",
                                                    Sql.array(
                                                            due.stream()
                                                                    .map(Due::deviceId)
                                                                    .distinct()
                                                                    .toList()))
                                            .param("from", SessionStatus.EXPIRED.from())
                                            .param("now", Sql.at(now));
                            EventLog.bind(parameters, events);
                            AuditLog.bind(
                                    parameters, due.stream().map(SessionTable::expired).toList());
                        })
                .query((row, n) -> new DeviceId(Sql.uuid(row, "device_id")))
                .list();
    }

    private static AuditEntry expired(Due due) {
        return AuditEntry.of(due.merchantId(), AuditAction.SESSION_EXPIRED, due.id());
    }

    /** Open sessions by status, of all of them up to {@link #MOST_COUNTED}. */
    Map<SessionStatus, Long> openOfAnyMerchant() {
        Map<SessionStatus, Long> counts = new EnumMap<>(SessionStatus.class);
        jdbc.sql(
                        """
                        select status, count(*) as sessions from (
                            select status from session where status in ('CREATED', 'ACTIVE')
                            limit :limit
                        ) open group by status
                        """)
                .param("limit", MOST_COUNTED)
                .query(row -> {
                    counts.put(
                            SessionStatus.valueOf(row.getString("status")),
                            row.getLong("sessions"));
                });
        return counts;
    }

    static Session session(ResultSet row, int n) throws SQLException {
        UUID attempt = Sql.uuidOrNull(row, "attempt_id");
        UUID order = Sql.uuidOrNull(row, "order_id");
        return new Session(
                new SessionId(Sql.uuid(row, "session_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                new DeviceId(Sql.uuid(row, "device_id")),
                new LocationId(Sql.uuid(row, "location_id")),
                SessionStatus.valueOf(Sql.text(row, "status")),
                row.getLong("order_amount"),
                row.getInt("order_tax_amount"),
                Sql.text(row, "purchase_currency"),
                Sql.instant(row, "purchase_started_at"),
                Sql.instantOrNull(row, "purchase_completed_at"),
                Sql.text(row, "order_items"),
                Sql.textOrNull(row, "merchant_reference1"),
                Sql.textOrNull(row, "merchant_reference2"),
                Sql.textOrNull(row, "merchant_data"),
                row.getBoolean("manual_capture"),
                attempt == null ? null : new AttemptId(attempt),
                order == null ? null : new OrderId(order),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "updated_at"),
                Sql.instant(row, "expires_at"));
    }
}
