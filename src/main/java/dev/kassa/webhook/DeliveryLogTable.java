package dev.kassa.webhook;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlStatement;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The tables delivery and delivery_attempt as the log that a merchant sees. */
@Component
final class DeliveryLogTable {
    /** Deliveries that a list of those that arrived looks at. */
    private static final int WINDOW = 10_000;

    private static final String COLUMNS =
            """
            select delivery.seq, event_id, event.type, status, attempts, occurred_at, queued_at,
                due_at, finished_at, last_status, last_error, body
            """;

    private static final String LISTED =
            COLUMNS + "from (%s) delivery join event using (event_id) order by delivery.seq desc";

    private static final String BEFORE =
            """
             where merchant_id = :merchant_id and destination_id = :destination_id
                and seq < :before
            """;

    private static final String NEWEST = " order by seq desc limit :size";

    private static final String ONE =
            COLUMNS
                    + """
                    from delivery join event using (event_id)
                    where delivery.merchant_id = :merchant_id
                        and delivery.destination_id = :destination_id
                    """;

    /** Puts deliveries in the queue anew; a destination is sent what it was never sent, too. */
    private static final String QUEUE =
            """
            insert into delivery (destination_id, seq, event_id, merchant_id, status, due_at,
                queued_at)
            select :destination_id, seq, event_id, merchant_id, 'PENDING', :now, :now from asked
            on conflict (destination_id, seq) do update set status = 'PENDING', step = 0,
                due_at = :now, queued_at = :now, finished_at = null
            """;

    private static final String IN_RANGE =
            """
            with asked as (
                select event.event_id, event.seq, event.merchant_id
                from event join destination on destination.merchant_id = event.merchant_id
                    and destination.destination_id = :destination_id
                    left join delivery on delivery.destination_id = :destination_id
                        and delivery.seq = event.seq
                where event.merchant_id = :merchant_id
                    and event.occurred_at >= :from and event.occurred_at < :to
                    and case when destination.event_types is null
                        then event.type = any(:documented_types::text[])
                        else event.type = any(destination.event_types) end
                    and (:delivered_too or delivery.status is null or delivery.status = 'FAILED')
                limit :limit
            )
            """;

    private static final SqlStatement TEST =
            SqlStatement.of(
                    """
                    with target as (
                        select destination_id from destination
                        where merchant_id = :merchant_id and destination_id = :destination_id
                    ),
                    """,
                    List.of(EventLog.APPEND_TEST, AuditLog.append("target", "destination_id")),
                    """
                    insert into delivery (destination_id, seq, event_id, merchant_id, status, due_at,
                        queued_at)
                    select destination_id, seq, event_id, merchant_id, 'PENDING', :now, :now
                    from target cross join event_insert
                    """);

    private final JdbcClient jdbc;

    DeliveryLogTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Which deliveries to list, newest first, before {@code before}. */
    record Filter(@Nullable String status, @Nullable Long before, int size) {}

    /** A delivery and its place in the log. */
    record Row(long seq, Delivery delivery) {}

    private StatementSpec of(String sql, MerchantId merchant, DestinationId destination) {
        return jdbc.sql(sql)
                .param("merchant_id", merchant.value())
                .param("destination_id", destination.value());
    }

    List<Row> list(MerchantId merchant, DestinationId destination, Filter filter) {
        return of(LISTED.formatted(picked(filter.status())), merchant, destination)
                .param("before", filter.before() == null ? Long.MAX_VALUE : filter.before())
                .param("size", filter.size())
                .query((row, n) -> new Row(row.getLong("seq"), delivery(row, false)))
                .list();
    }

    /** Each reads no more than it answers, but for {@link #WINDOW} of those that arrived. */
    private static String picked(@Nullable String status) {
        return switch (status) {
            case null -> "select * from delivery" + BEFORE + NEWEST;
            case DeliveryDecision.FAILED ->
                    "select * from delivery" + BEFORE + "and status = 'FAILED'" + NEWEST;
            case DeliveryDecision.DELIVERED ->
                    "select * from (select * from delivery"
                            + BEFORE
                            + "order by seq desc limit "
                            + WINDOW
                            + ") looked where status = 'DELIVERED'"
                            + NEWEST;
            case DeliveryDecision.PENDING ->
                    "select * from ((select * from delivery"
                            + BEFORE
                            + "and status = 'PENDING' and step = 0"
                            + NEWEST
                            + ") union all (select * from delivery"
                            + BEFORE
                            + "and status = 'PENDING' and step > 0"
                            + NEWEST
                            + ")) pending"
                            + NEWEST;
            default -> throw new IllegalArgumentException(status);
        };
    }

    /** The last delivery that a list of those that arrived looks at; empty when it sees all. */
    Optional<Long> endOfWindow(
            MerchantId merchant, DestinationId destination, @Nullable Long before) {
        return of(
                        "select seq from delivery"
                                + BEFORE
                                + "order by seq desc offset "
                                + (WINDOW - 1)
                                + " limit 1",
                        merchant,
                        destination)
                .param("before", before == null ? Long.MAX_VALUE : before)
                .query(Long.class)
                .optional();
    }

    Optional<Row> find(MerchantId merchant, DestinationId destination, String eventId) {
        return of(
                        ONE
                                + """
                                and delivery.seq = (select seq from event
                                    where merchant_id = :merchant_id and event_id = :event_id)
                                """,
                        merchant,
                        destination)
                .param("event_id", eventId)
                .query((row, n) -> new Row(row.getLong("seq"), delivery(row, true)))
                .optional();
    }

    List<DeliveryLog.Sent> ofEvent(MerchantId merchant, String eventId) {
        return jdbc.sql(
                        """
                        select destination.destination_id, name, enabled, delivery.status,
                            coalesce(attempts, 0) as attempts, last_status,
                            case delivery.status when 'PENDING' then due_at end as due_at
                        from destination
                            left join event on event.merchant_id = destination.merchant_id
                                and event.event_id = :event_id
                            left join delivery
                                on delivery.destination_id = destination.destination_id
                                and delivery.seq = event.seq
                        where destination.merchant_id = :merchant_id order by name
                        """)
                .param("merchant_id", merchant.value())
                .param("event_id", eventId)
                .query((row, n) ->
                        new DeliveryLog.Sent(
                                new DestinationId(Sql.uuid(row, "destination_id")),
                                Sql.text(row, "name"),
                                row.getBoolean("enabled"),
                                Sql.textOrNull(row, "status"),
                                row.getInt("attempts"),
                                row.getObject("last_status", Integer.class),
                                Sql.instantOrNull(row, "due_at")))
                .list();
    }

    private static Delivery delivery(ResultSet row, boolean whole) throws SQLException {
        String status = Sql.text(row, "status");
        return new Delivery(
                Sql.text(row, "event_id"),
                Sql.text(row, "type"),
                status,
                row.getInt("attempts"),
                Sql.instant(row, "occurred_at"),
                Sql.instant(row, "queued_at"),
                status.equals(DeliveryDecision.PENDING) ? Sql.instant(row, "due_at") : null,
                Sql.instantOrNull(row, "finished_at"),
                row.getObject("last_status", Integer.class),
                Sql.textOrNull(row, "last_error"),
                whole ? Sql.text(row, "body") : null,
                null);
    }

    List<Delivery.LoggedTry> tries(MerchantId merchant, DestinationId destination, long seq) {
        return of(
                        """
                        select started_at, duration_ms, status, error, answer from delivery_attempt
                        where merchant_id = :merchant_id and destination_id = :destination_id
                            and seq = :seq
                        order by started_at
                        """,
                        merchant,
                        destination)
                .param("seq", seq)
                .query((row, n) ->
                        new Delivery.LoggedTry(
                                Sql.instant(row, "started_at"),
                                row.getInt("duration_ms"),
                                row.getObject("status", Integer.class),
                                Sql.textOrNull(row, "error"),
                                Sql.text(row, "answer")))
                .list();
    }

    /** False when the merchant has no such event. */
    boolean queue(MerchantId merchant, DestinationId destination, String eventId, Instant now) {
        return again(
                                of(
                                        """
                                        with asked as (
                                            select event_id, seq, merchant_id from event
                                            where merchant_id = :merchant_id
                                                and event_id = :event_id
                                        ),
                                        """
                                                + AuditLog.when("asked")
                                                + QUEUE,
                                        merchant,
                                        destination),
                                merchant,
                                destination,
                                Map.of("event_id", eventId))
                        .param("event_id", eventId)
                        .param("now", Sql.at(now))
                        .update()
                == 1;
    }

    private static StatementSpec again(
            StatementSpec statement,
            MerchantId merchant,
            DestinationId destination,
            Object queued) {
        return AuditLog.on(
                statement,
                AuditEntry.of(merchant, AuditAction.DELIVERIES_QUEUED_AGAIN, destination)
                        .after(queued));
    }

    /**
     * A stretch of time.
     *
     * @param deliveredToo also what the destination has acknowledged
     */
    record Range(Instant from, Instant to, boolean deliveredToo) {}

    private StatementSpec inRange(
            String sql, MerchantId merchant, DestinationId destination, Range range, int limit) {
        return of(IN_RANGE + sql, merchant, destination)
                .param("from", Sql.at(range.from()))
                .param("to", Sql.at(range.to()))
                .param("delivered_too", range.deliveredToo())
                .param("documented_types", EventLog.documentedTypes())
                .param("limit", limit);
    }

    /** How many events of a range are to be sent again, counted no further than {@code limit}. */
    int count(MerchantId merchant, DestinationId destination, Range range, int limit) {
        return inRange("select count(*) from asked", merchant, destination, range, limit)
                .query(Integer.class)
                .single();
    }

    int queue(MerchantId merchant, DestinationId destination, Range range, int limit, Instant now) {
        return again(
                        inRange(
                                ", " + AuditLog.when("asked") + QUEUE,
                                merchant,
                                destination,
                                range,
                                limit),
                        merchant,
                        destination,
                        range)
                .param("now", Sql.at(now))
                .update();
    }

    /** Logs a test event for this destination alone; false when there is none. */
    boolean test(
            MerchantId merchant, DestinationId destination, Event.TestEvent event, Instant now) {
        return TEST.bind(
                                jdbc,
                                parameters -> {
                                    var _ =
                                            parameters
                                                    .param("merchant_id", merchant.value())
                                                    .param("destination_id", destination.value())
                                                    .param("now", Sql.at(now));
                                    EventLog.bindTest(parameters, merchant, event, now);
                                    AuditLog.bind(
                                            parameters,
                                            List.of(
                                                    AuditEntry.of(
                                                            merchant,
                                                            AuditAction.DESTINATION_TESTED,
                                                            destination)));
                                })
                        .update()
                == 1;
    }
}
