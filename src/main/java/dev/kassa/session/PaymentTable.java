package dev.kassa.session;

import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.GroupCommit;
import dev.kassa.database.GroupCommits;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlRows;
import dev.kassa.database.SqlStatement;
import dev.kassa.database.WorkContext;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import dev.kassa.order.NewOrder;
import dev.kassa.order.OrderInserts;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.Attempts;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * The changes in which a session and its payment move together: attach and settle, one statement
 * each for one or many. Locks are taken as {@link SessionTable} says, and guards look at the
 * session's or the attempt's own row.
 *
 * <p>A statement changes at most one session of each device. Two of one device would have to see
 * each other, which parts of one statement do not.
 */
@Component
final class PaymentTable {
    /** Waits for a device that somebody else is working on. */
    private static final String WAIT = "for no key update";

    /** Leaves out what is for such a device: one must not hold up the others. */
    private static final String SKIP = "for no key update skip locked";

    private static final SqlRows<AttachRow> ATTACHES =
            rows(AttachRow::attempt)
                    .column("attempt_id", "uuid", row -> row.attempt().id())
                    .column("at", "timestamptz", row -> row.attempt().createdAt());

    private static final SqlRows<SettleRow> SETTLES =
            rows((SettleRow row) -> row.outcome().attempt())
                    .column("attempt_id", "uuid", row -> row.outcome().attempt().id())
                    .column("at", "timestamptz", row -> row.outcome().at())
                    .column("new_status", "text", SettleRow::to)
                    .column("new_order_id", "uuid", SettleRow::orderId);

    /** What {@link #request} needs of any row. */
    private static <R> SqlRows<R> rows(Function<R, Attempt> attempt) {
        return SqlRows.<R>named("r")
                .column("merchant_id", "text", row -> attempt.apply(row).merchantId())
                .column("device_id", "uuid", row -> attempt.apply(row).deviceId())
                .column("session_id", "uuid", row -> attempt.apply(row).sessionId());
    }

    /** What is asked, and the devices that are locked for it. */
    private static String request(SqlRows<?> rows, String lock) {
        return """
        with request as (select * from %s),
        locked as (
            select merchant_id, device_id, deregistered_at is null as may_pay from device
            where device_id = any(%s)
                and (merchant_id, device_id) in (select merchant_id, device_id from request)
            order by device_id
            %s
        ),
        """
                .formatted(rows.table(), rows.array("device_id"), lock);
    }

    private static SqlStatement attach(String lock) {
        return SqlStatement.of(
                request(ATTACHES, lock)
                        + """
                        open as (
                            select session.session_id, session.status, request.attempt_id, request.at
                            from request
                            join locked using (merchant_id, device_id)
                            join session using (merchant_id, device_id, session_id)
                            where session.attempt_id is null and session.status = any(:from)
                                and session.expires_at > request.at
                                and locked.may_pay and not exists (
                                    select 1 from session other
                                    where other.device_id = session.device_id
                                        and other.status = 'ACTIVE'
                                        and other.session_id <> session.session_id)
                            for update of session
                        ),
                        attached as (
                            update session set status = 'ACTIVE', attempt_id = open.attempt_id,
                                updated_at = open.at
                            from open where session.session_id = open.session_id
                            returning session.session_id, session.merchant_id, session.device_id,
                                session.attempt_id, open.status as status_before
                        ),
                        logged as (
                            select session_id, merchant_id, device_id from attached
                            where status_before = 'CREATED'
                        ),
                        """,
                List.of(
                        Attempts.INTENT,
                        EventLog.APPEND,
                        AuditLog.append("attached", "attempt_id")),
                "select device_id from attached");
    }

    private static final SqlStatement ATTACH = attach(WAIT);

    private static final SqlStatement ATTACH_FREE = attach(SKIP);

    /** Locks the attempt while it is PENDING, then moves the session that it is in flight for. */
    private static SqlStatement settle(String lock) {
        return SqlStatement.of(
                request(SETTLES, lock)
                        + """
                        pending as (
                            select request.*
                            from request
                            join locked using (merchant_id, device_id)
                            join attempt using (merchant_id, attempt_id, session_id)
                            where
                        """
                        + Attempts.PENDING
                        + """
                            for update of attempt
                        ),
                        settled as (
                            update session set status = pending.new_status, attempt_id = null,
                                order_id = pending.new_order_id, updated_at = pending.at
                            from pending
                            where session.session_id = pending.session_id
                                and session.attempt_id = pending.attempt_id
                                and session.status = any(:from)
                            returning session.*, pending.attempt_id as settled_attempt_id
                        ),
                        closed as (select settled_attempt_id as attempt_id from settled),
                        logged as (select session_id, merchant_id, device_id from settled),
                        """,
                List.of(
                        Attempts.CLOSE,
                        EventLog.APPEND,
                        OrderInserts.PLACE,
                        AuditLog.append("closed", "attempt_id")),
                "select device_id from settled");
    }

    private static final SqlStatement SETTLE = settle(WAIT);

    private static final SqlStatement SETTLE_FREE = settle(SKIP);

    private final JdbcClient jdbc;
    private final RowGate gate;
    private final GroupCommit<AttachRow, DeviceId, DeviceId> attaches;
    private final GroupCommit<SettleRow, DeviceId, DeviceId> settles;

    PaymentTable(JdbcClient jdbc, GroupCommits groups, RowGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
        this.attaches =
                groups.of(
                        new GroupCommit.Work<>(
                                "payment_attach",
                                WorkContext.Use.WRITE,
                                row -> row.attempt().merchantId(),
                                AttachRow::device,
                                rows -> attach(ATTACH_FREE, rows)));
        this.settles =
                groups.of(
                        new GroupCommit.Work<>(
                                "payment_settle",
                                WorkContext.Use.WRITE,
                                row -> row.outcome().attempt().merchantId(),
                                SettleRow::device,
                                rows -> settle(SETTLE_FREE, rows)));
    }

    /**
     * A payment about to begin.
     *
     * @param activated logged if the session was CREATED
     */
    record AttachRow(Attempt attempt, Event activated, AuditEntry audit) {
        DeviceId device() {
            return attempt.deviceId();
        }
    }

    /**
     * Makes the session ACTIVE with the attempt in flight; false when it cannot take one now.
     * Perhaps in one statement with others; for a device that somebody else is working on it waits
     * alone.
     */
    boolean attach(AttachRow row) {
        gate.passUnlessStuck(row.attempt().merchantId(), row.device());
        return attaches.run(row).isPresent()
                || gate.through(
                        row.attempt().merchantId(),
                        row.device(),
                        () -> !attach(ATTACH, List.of(row)).isEmpty());
    }

    private Map<DeviceId, DeviceId> attach(SqlStatement statement, List<AttachRow> rows) {
        List<Attempt> attempts = rows.stream().map(AttachRow::attempt).toList();
        checkOneOfEachDevice(attempts);
        return changed(
                statement.bind(
                        jdbc,
                        parameters -> {
                            var _ = parameters.param("from", SessionStatus.ACTIVE.from());
                            ATTACHES.bind(parameters, rows);
                            Attempts.bindIntent(parameters, attempts);
                            AuditLog.bind(parameters, rows.stream().map(AttachRow::audit).toList());
                            EventLog.bind(
                                    parameters, rows.stream().map(AttachRow::activated).toList());
                        }));
    }

    /**
     * A payment about to be settled.
     *
     * @param to what its session becomes
     * @param order placed if there is one; the session becomes FINALIZED if and only if there is
     * @param events logged in this order
     */
    record SettleRow(
            Attempts.AttemptOutcome outcome,
            SessionStatus to,
            @Nullable NewOrder order,
            List<Event> events,
            AuditEntry audit) {
        DeviceId device() {
            return outcome.attempt().deviceId();
        }

        @Nullable OrderId orderId() {
            return order == null ? null : order.id();
        }
    }

    /** Settles the payment, like {@link #attach}; false when somebody else had. */
    boolean settle(SettleRow row) {
        return settles.run(row).isPresent()
                || gate.through(
                        row.outcome().attempt().merchantId(),
                        row.device(),
                        () -> !settle(SETTLE, List.of(row)).isEmpty());
    }

    private Map<DeviceId, DeviceId> settle(SqlStatement statement, List<SettleRow> rows) {
        List<Attempts.AttemptOutcome> outcomes = rows.stream().map(SettleRow::outcome).toList();
        checkOneOfEachDevice(outcomes.stream().map(Attempts.AttemptOutcome::attempt).toList());
        return changed(
                statement.bind(
                        jdbc,
                        parameters -> {
                            var _ =
                                    parameters.param(
                                            "from", new String[] {SessionStatus.ACTIVE.name()});
                            SETTLES.bind(parameters, rows);
                            Attempts.bindClose(parameters, outcomes);
                            AuditLog.bind(parameters, rows.stream().map(SettleRow::audit).toList());
                            OrderInserts.bind(
                                    parameters,
                                    rows.stream()
                                            .map(SettleRow::order)
                                            .filter(Objects::nonNull)
                                            .toList());
                            EventLog.bind(
                                    parameters,
                                    rows.stream().flatMap(row -> row.events().stream()).toList());
                        }));
    }

    private static void checkOneOfEachDevice(List<Attempt> attempts) {
        Set<DeviceId> devices = new HashSet<>();
        for (Attempt attempt : attempts) {
            if (!devices.add(attempt.deviceId())) {
                throw new IllegalArgumentException("two of device " + attempt.deviceId());
            }
        }
    }

    private static Map<DeviceId, DeviceId> changed(StatementSpec statement) {
        return statement.query((row, n) -> new DeviceId(Sql.uuid(row, "device_id"))).list().stream()
                .collect(Collectors.toMap(Function.identity(), Function.identity()));
    }

    /** The other session that the device is busy with. */
    Optional<SessionId> otherActive(Session session) {
        return jdbc.sql(
                        """
                        select session_id from session
                        where merchant_id = :merchant_id and device_id = :device_id
                            and status = 'ACTIVE' and session_id <> :session_id
                        """)
                .param("merchant_id", session.merchantId().value())
                .param("device_id", session.deviceId().value())
                .param("session_id", session.id().value())
                .query((row, n) -> new SessionId(Sql.uuid(row, "session_id")))
                .optional();
    }
}
