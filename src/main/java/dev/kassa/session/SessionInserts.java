package dev.kassa.session;

import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.GroupCommit;
import dev.kassa.database.GroupCommits;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlParameters;
import dev.kassa.database.SqlRows;
import dev.kassa.database.SqlStatement;
import dev.kassa.database.WorkContext;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How sessions come into the table {@link SessionTable}: many at once, in one statement. */
@Component
final class SessionInserts {
    /**
     * Makes the sessions of some requests, one element each of the arrays, and says of each that it
     * did not make why not. A device is locked only for its own merchant.
     */
    private static SqlStatement statement(String lock) {
        return SqlStatement.of(
                REQUESTED + lock + CHECKED_AND_LOGGED,
                List.of(EventLog.APPEND, AuditLog.append("logged", "session_id")),
                """
                select asked.id, fault,
                """
                        + SessionTable.COLUMNS
                        + """
                        from (select session_id as id, fault from checked) asked
                        left join logged on logged.session_id = asked.id
                        """);
    }

    /** What goes into the table as it was asked. */
    private static final SqlRows<NewRow> COPIED =
            SqlRows.<NewRow>named("r")
                    .column("session_id", "uuid", NewRow::id)
                    .column("merchant_id", "text", row -> row.merchant().id())
                    .column("device_id", "uuid", row -> row.request().deviceId())
                    .column("order_amount", "bigint", row -> row.request().orderAmount())
                    .column("order_tax_amount", "int", row -> row.request().orderTaxAmount())
                    .column("purchase_currency", "text", row -> row.request().purchaseCurrency())
                    .column(
                            "purchase_started_at",
                            "timestamptz",
                            row -> row.request().purchaseStartedAt())
                    .column(
                            "purchase_completed_at",
                            "timestamptz",
                            row -> row.request().purchaseCompletedAt())
                    .column("order_items", "json", row -> row.request().orderItems())
                    .column(
                            "merchant_reference1",
                            "text",
                            row -> row.request().merchantReference1())
                    .column(
                            "merchant_reference2",
                            "text",
                            row -> row.request().merchantReference2())
                    .column("merchant_data", "text", row -> row.request().merchantData())
                    .column("manual_capture", "boolean", row -> row.merchant().manualCapture())
                    .column("created_at", "timestamptz", NewRow::createdAt)
                    .column("expires_at", "timestamptz", NewRow::expiresAt);

    private static final SqlRows<NewRow> REQUESTS =
            COPIED.column("asked_location_id", "uuid", row -> row.request().locationId())
                    .column("detached_location_id", "uuid", NewRow::detached);

    private static final String REQUESTED =
            """
            with request as (
                select r.*, row_number() over (partition by r.device_id order by r.nth) as nth_of_device
                from %1$s
            ),
            target as (
                select device_id, merchant_id, location_id, deregistered_at from device
                where device_id = any(%2$s)
                    and (merchant_id, device_id) in (select merchant_id, device_id from request)
                order by device_id
            """
                    .formatted(REQUESTS.table(), REQUESTS.array("device_id"));

    private static final String CHECKED_AND_LOGGED =
            """
            ),
            checked as (
                select request.*, target.location_id as device_location_id,
                    case when target.device_id is null and exists (
                        select from device
                        where device.merchant_id = request.merchant_id
                            and device.device_id = request.device_id) then 'BUSY'
                    when target.device_id is null then 'UNFIT'
                    when target.deregistered_at is not null then 'UNFIT'
                    when target.location_id is null and detached_location_id is null
                        then 'UNFIT'
                    when target.location_id <> asked_location_id then 'UNFIT'
                    when nth_of_device + (
                        select count(*) from (
                            select from session
                            where session.device_id = target.device_id
                                and session.status in ('CREATED', 'ACTIVE')
                            limit :most_open) open) > :most_open then 'FULL'
                    end as fault
                from request left join target using (merchant_id, device_id)
            ),
            logged as (
                insert into session (%1$s, location_id, status, updated_at)
                select %1$s, coalesce(device_location_id, detached_location_id), 'CREATED', created_at
                from checked where fault is null
                returning *
            ),
            """
                    .formatted(COPIED.columns());

    /** Waits for a device that somebody else is working on. */
    static final SqlStatement INSERT = statement("for no key update");

    /** Leaves out what is for such a device: one must not hold up the others. */
    private static final SqlStatement INSERT_FREE = statement("for no key update skip locked");

    private final JdbcClient jdbc;
    private final RowGate gate;
    private final GroupCommit<NewRow, SessionId, Inserted> groups;

    SessionInserts(JdbcClient jdbc, GroupCommits groups, RowGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
        this.groups =
                groups.of(
                        new GroupCommit.Work<>(
                                "session_create",
                                WorkContext.Use.WRITE,
                                row -> row.merchant().id(),
                                NewRow::id,
                                rows -> insert(INSERT_FREE, rows)));
    }

    /**
     * A session about to be inserted.
     *
     * @param detached the location if the device has none; null where that would be a fault
     */
    record NewRow(
            SessionId id,
            Merchant merchant,
            NewSession request,
            @Nullable LocationId detached,
            Instant createdAt,
            Instant expiresAt,
            Event event,
            AuditEntry audit) {

        NewRow at(LocationId location) {
            return new NewRow(id, merchant, request, location, createdAt, expiresAt, event, audit);
        }
    }

    /** What came of an insert. */
    sealed interface Inserted {
        record Made(Session session) implements Inserted {}

        /** Somebody else has the device's row. */
        record Busy() implements Inserted {}

        /** The device is unknown, deregistered, without a location, or elsewhere than asked. */
        record Unfit() implements Inserted {}

        /** The device has as many open sessions as it may. */
        record Full() implements Inserted {}
    }

    /**
     * Inserts the session, perhaps in one statement with others. For a device that somebody else is
     * working on it waits alone.
     */
    Inserted insert(NewRow row) {
        gate.passUnlessStuck(row.merchant().id(), row.request().deviceId());
        return groups.run(row)
                .filter(inserted -> !(inserted instanceof Inserted.Busy))
                .orElseGet(() ->
                        gate.through(
                                row.merchant().id(),
                                row.request().deviceId(),
                                () -> insert(INSERT, List.of(row)).get(row.id())));
    }

    private Map<SessionId, Inserted> insert(SqlStatement statement, List<NewRow> rows) {
        Map<SessionId, Inserted> inserted = new HashMap<>();
        var _ =
                statement
                        .bind(jdbc, parameters -> bind(parameters, rows))
                        .query((row, n) ->
                                inserted.put(new SessionId(Sql.uuid(row, "id")), inserted(row)))
                        .list();
        return inserted;
    }

    private static Inserted inserted(ResultSet row) throws SQLException {
        String fault = Sql.textOrNull(row, "fault");
        return switch (fault) {
            case null -> new Inserted.Made(SessionTable.session(row, 0));
            case "BUSY" -> new Inserted.Busy();
            case "FULL" -> new Inserted.Full();
            default -> new Inserted.Unfit();
        };
    }

    private static void bind(SqlParameters parameters, List<NewRow> rows) {
        EventLog.bind(parameters, rows.stream().map(NewRow::event).toList());
        AuditLog.bind(parameters, rows.stream().map(NewRow::audit).toList());
        REQUESTS.bind(parameters, rows);
        var _ = parameters.param("most_open", Limits.OPEN_SESSIONS);
    }
}
