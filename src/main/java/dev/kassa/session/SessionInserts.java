package dev.kassa.session;

import dev.kassa.database.GroupCommit;
import dev.kassa.database.GroupCommits;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlParameters;
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
                List.of(EventLog.APPEND),
                """
                select asked.id, fault,
                """
                        + SessionTable.COLUMNS
                        + """
                        from (select session_id as id, fault from checked) asked
                        left join logged on logged.session_id = asked.id
                        """);
    }

    private static final String REQUESTED =
            """
            with request as (
                select r.*, row_number() over (partition by r.device_id order by r.nth) as nth_of_device
                from unnest(:session_ids::uuid[], :merchant_ids::text[],
                    :device_ids::uuid[], :location_ids::uuid[], :detached_location_ids::uuid[],
                    :order_amounts::bigint[], :order_tax_amounts::int[],
                    :purchase_currencies::text[], :purchases_started_at::timestamptz[],
                    :purchases_completed_at::timestamptz[], :carts::text[],
                    :merchant_references1::text[], :merchant_references2::text[],
                    :merchant_datas::text[], :manual_captures::boolean[],
                    :created_at::timestamptz[], :expire_at::timestamptz[]) with ordinality
                as r (session_id, merchant_id, device_id, asked_location_id, detached_location_id,
                    order_amount, order_tax_amount, purchase_currency, purchase_started_at,
                    purchase_completed_at, order_items, merchant_reference1, merchant_reference2,
                    merchant_data, manual_capture, created_at, expires_at, nth)
            ),
            target as (
                select device_id, merchant_id, location_id, deregistered_at from device
                where device_id = any(:device_ids::uuid[])
                    and (merchant_id, device_id) in (select merchant_id, device_id from request)
                order by device_id
            """;

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
                insert into session (session_id, merchant_id, device_id, location_id, status,
                    order_amount, order_tax_amount, purchase_currency, purchase_started_at,
                    purchase_completed_at, order_items, merchant_reference1,
                    merchant_reference2, merchant_data, manual_capture, created_at,
                    updated_at, expires_at)
                select session_id, merchant_id, device_id,
                    coalesce(device_location_id, detached_location_id), 'CREATED',
                    order_amount, order_tax_amount, purchase_currency, purchase_started_at,
                    purchase_completed_at, order_items::json, merchant_reference1,
                    merchant_reference2, merchant_data, manual_capture, created_at,
                    created_at, expires_at
                from checked where fault is null
                returning *
            ),
            """;

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
            Event event) {

        NewRow at(LocationId location) {
            return new NewRow(id, merchant, request, location, createdAt, expiresAt, event);
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
        List<NewSession> requests = rows.stream().map(NewRow::request).toList();
        EventLog.bind(parameters, rows.stream().map(NewRow::event).toList());
        var _ =
                parameters
                        .param("session_ids", Sql.column(rows, NewRow::id))
                        .param("merchant_ids", Sql.column(rows, row -> row.merchant().id()))
                        .param("detached_location_ids", Sql.column(rows, NewRow::detached))
                        .param(
                                "manual_captures",
                                Sql.column(rows, row -> row.merchant().manualCapture()))
                        .param("created_at", Sql.column(rows, NewRow::createdAt))
                        .param("expire_at", Sql.column(rows, NewRow::expiresAt))
                        .param("most_open", Limits.OPEN_SESSIONS)
                        .param("device_ids", Sql.column(requests, NewSession::deviceId))
                        .param("location_ids", Sql.column(requests, NewSession::locationId))
                        .param("order_amounts", Sql.column(requests, NewSession::orderAmount))
                        .param(
                                "order_tax_amounts",
                                Sql.column(requests, NewSession::orderTaxAmount))
                        .param(
                                "purchase_currencies",
                                Sql.column(requests, NewSession::purchaseCurrency))
                        .param(
                                "purchases_started_at",
                                Sql.column(requests, NewSession::purchaseStartedAt))
                        .param(
                                "purchases_completed_at",
                                Sql.column(requests, NewSession::purchaseCompletedAt))
                        .param("carts", Sql.column(requests, NewSession::orderItems))
                        .param(
                                "merchant_references1",
                                Sql.column(requests, NewSession::merchantReference1))
                        .param(
                                "merchant_references2",
                                Sql.column(requests, NewSession::merchantReference2))
                        .param("merchant_datas", Sql.column(requests, NewSession::merchantData));
    }
}
