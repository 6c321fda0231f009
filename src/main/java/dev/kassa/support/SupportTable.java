package dev.kassa.support;

import dev.kassa.database.Nodes;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads what several features have written of one session or one device. */
@Component
final class SupportTable {
    /** rank: the order of things that were written at the same moment. */
    private static final String TIMELINE =
            """
            with s as (
                select session_id, merchant_id, device_id, status, created_at from session
                where merchant_id = :merchant_id and session_id = :session_id
            ),
            entry (at, rank, what, id, method, reason, name, destination_id, status, tries,
                    resolved_by, evidence) as (
                select created_at, 0, 'created', null, null, null, null, null::uuid, null,
                    null::integer, null, null
                from s
                union all
                select step.at, 1, step.what, null, null, null, null, null, null, null, null, null
                from s join session_push push using (session_id, merchant_id)
                    cross join lateral (values (woken_at, 'woken'), (pushed_at, 'pushed'),
                        (shown_at, 'shown')) as step (at, what)
                where step.at is not null
                union all
                select attempt.created_at, 2, 'attached', attempt_id::text, method, null, null, null,
                    null, null, null, null
                from s join attempt using (session_id, merchant_id)
                union all
                select settled_at, 3, lower(attempt.status), attempt.attempt_id::text, method,
                    failure_reason, null, null, null, null, null, null
                from s join attempt using (session_id, merchant_id) where settled_at is not null
                union all
                select received_at, 4, 'late_' || lower(late.status), late.attempt_id::text, method,
                    late.failure_reason, null, null, null, null, null, null
                from s join attempt using (session_id, merchant_id)
                    join late_answer late using (attempt_id, merchant_id)
                union all
                select step.at, 5, step.what, refund_id::text, null, step.reason, null, null, null,
                    null, null, null
                from s join refund using (session_id, merchant_id)
                    cross join lateral (values (refund.created_at, 'refund_begun', null),
                        (settled_at, lower(refund.status), failure_reason)) as step (at, what, reason)
                where step.at is not null
                union all
                select occurred_at, 6, substr(event.type, length('ipp.session.') + 1), null, null, null,
                    null, null, null, null, null, null
                from s join event using (session_id, merchant_id)
                where event.type in ('ipp.session.finalized', 'ipp.session.cancelled',
                    'ipp.session.expired', 'ipp.session.failed')
                union all
                select orders.created_at, 7, 'order', orders.order_id::text, null, null, null, null,
                    null, null, null, null
                from s join orders using (session_id, merchant_id)
                union all
                select coalesce(finished_at, occurred_at), 8, 'webhook', event.event_id, null,
                    last_error, event.type, delivery.destination_id, delivery.status,
                    delivery.attempts, null, null
                from s join event using (session_id, merchant_id)
                    join delivery using (event_id, merchant_id)
                union all
                select unknown_told_at, 3, 'unknown', asked.id::text, null, last_answer,
                    lower(asked.kind), null, null, null, null, null
                from provider_operation asked
                where asked.merchant_id = :merchant_id and asked.session_id = :session_id
                    and unknown_told_at is not null
                union all
                select resolved_at, 3, 'resolved_' || lower(resolved_as), operation_id::text, null,
                    why, lower(kind), null, null, null, resolved_by, evidence
                from s join resolution using (session_id, merchant_id)
                union all
                select received_at, 4, 'late_' || lower(late.status), operation_id::text, null, detail,
                    lower(kind), null, null, null, null, null
                from s join late_operation_answer late using (session_id, merchant_id)
            )
            select s.session_id, s.device_id, s.status as session_status, entry.*
            from s cross join entry
            order by at, rank, name limit :limit
            """;

    /** Joins the stream of a device; there is a node where it is open on a server that is alive. */
    static final String PRESENCE =
            """
            left join device_presence presence using (device_id, merchant_id)
            left join node on node.node_id = presence.node_id and
            """
                    + Nodes.isNotSilent(":silence");

    private final JdbcClient jdbc;

    SupportTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Timeline> timeline(MerchantId merchant, SessionId session) {
        record Row(DeviceId device, String status, TimelineEntry entry) {}
        List<Row> rows =
                jdbc.sql(TIMELINE)
                        .param("merchant_id", merchant.value())
                        .param("session_id", session.value())
                        .param("limit", Limits.TIMELINE_ENTRIES)
                        .query((row, n) ->
                                new Row(
                                        new DeviceId(Sql.uuid(row, "device_id")),
                                        Sql.text(row, "session_status"),
                                        entry(row)))
                        .list();
        return rows.stream()
                .findFirst()
                .map(first ->
                        new Timeline(
                                session,
                                first.device(),
                                first.status(),
                                rows.stream().map(Row::entry).toList()));
    }

    private static TimelineEntry entry(ResultSet row) throws SQLException {
        return new TimelineEntry(
                Sql.instant(row, "at"),
                Sql.text(row, "what"),
                Sql.textOrNull(row, "id"),
                Sql.textOrNull(row, "method"),
                Sql.textOrNull(row, "reason"),
                Sql.textOrNull(row, "name"),
                Sql.uuidOrNull(row, "destination_id"),
                Sql.textOrNull(row, "status"),
                row.getObject("tries", Integer.class),
                Sql.textOrNull(row, "resolved_by"),
                Sql.textOrNull(row, "evidence"));
    }

    /** {@code silence}: a server that has said nothing for so long is dead. */
    Optional<DevicePresence> presence(MerchantId merchant, DeviceId device, Duration silence) {
        return jdbc.sql(
                        """
                        select device.device_id, device.name, device.push_token is not null as wakeable,
                            node.node_id is not null as online, connected_at,
                            greatest(last_seen_at, node.alive_at) as last_seen_at
                        from device
                        """
                                + PRESENCE
                                + """
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and deregistered_at is null
                                """)
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .param("silence", silence.toString())
                .query((row, n) ->
                        new DevicePresence(
                                device,
                                Sql.text(row, "name"),
                                row.getBoolean("online"),
                                Sql.instantOrNull(row, "connected_at"),
                                Sql.instantOrNull(row, "last_seen_at"),
                                row.getBoolean("wakeable")))
                .optional();
    }
}
