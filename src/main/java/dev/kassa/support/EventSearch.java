package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.event.EventReader.Cursor;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Service;

/** The event log as a person reads it: from the newest back, all of it or what is of one thing. */
@Service
public final class EventSearch {
    /** Events that a page of one type looks at, and no further. */
    private static final int WINDOW = 10_000;

    private static final Pattern EVENT_ID = Pattern.compile("kevt_[0-9A-Za-z]{21,22}");

    private static final String SELECT =
            """
            select event.xid::text::bigint as xid, event.seq, event.event_id, event.type,
                event.occurred_at, event.session_id, event.device_id, device.name as device,
                event.body
            from %s event left join device using (device_id, merchant_id)
            """;

    private static final String OF_TYPE = " where :type = '' or type = :type ";

    /** A test event is listed nowhere. */
    private static final String OF_ALL =
            """
            select * from event where merchant_id = :merchant_id and type <> 'kassa.test'
                and (xid, seq) < (:xid::text::xid8, :seq)
            order by xid desc, seq desc limit %d
            """
                    .formatted(WINDOW);

    private static final String NEWEST = " order by xid desc, seq desc ";

    /**
     * Of a session, or of the session that an attempt, order, capture or refund is of; or of a
     * device, along which numbers grow in the order of commit.
     */
    private static final String OF_ONE =
            """
            (select * from event where merchant_id = :merchant_id and seq < :seq
                and (:type = '' or type = :type)
                and session_id in (select session_id from session where session_id = :id
                    union select session_id from attempt where attempt_id = :id
                    union select session_id from orders where order_id = :id
                    union select orders.session_id from order_movement join orders using (order_id)
                        where movement_id = :id))
            union all
            (select * from
                (select * from event where merchant_id = :merchant_id and seq < :seq
                    and device_id = :id order by seq desc limit %d) of_device
                where :type = '' or type = :type order by seq desc limit :limit)
            """
                    .formatted(WINDOW);

    private final JdbcClient jdbc;

    EventSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What is looked for.
     *
     * @param type empty for any
     * @param text the id of a session, attempt, order, capture, refund, device or event; empty for
     *     any
     * @param before the last event of the page before; null for the newest
     */
    public record Query(String type, String text, @Nullable Cursor before) {
        /** As it was asked for; a place in the log that is none is left out. */
        public static Query of(String type, String text, @Nullable String before) {
            Cursor place = null;
            try {
                place = before == null ? null : Cursor.parse(before);
            } catch (IllegalArgumentException e) {
                // From the newest on, then.
            }
            return new Query(type, text.strip(), place);
        }
    }

    /** A line of the log. */
    public record Found(
            Cursor place,
            String eventId,
            String type,
            Instant occurredAt,
            @Nullable UUID sessionId,
            @Nullable UUID deviceId,
            @Nullable String device) {}

    /**
     * One page, the newest first.
     *
     * @param next where the next page begins; null at the end
     */
    public record Page(List<Found> found, @Nullable Cursor next) {}

    /** An event with its body, as it is sent byte for byte. */
    public record Whole(Found event, String body) {}

    /**
     * Those that match. Of one type a page may be shorter than asked for, though more follow: it
     * looks at 10,000 events and no further.
     */
    public Page find(MerchantId merchant, Query query, int limit) {
        if (EVENT_ID.matcher(query.text()).matches()) {
            return new Page(
                    get(merchant, query.text()).map(Whole::event).stream()
                            .filter(event ->
                                    query.type().isEmpty() || query.type().equals(event.type()))
                            .toList(),
                    null);
        }
        boolean ofOne = !query.text().isEmpty();
        UUID id = SearchText.id(query.text());
        if (ofOne && id == null) {
            return new Page(List.of(), null);
        }
        String picked =
                ofOne
                        ? OF_ONE
                        : "select * from ("
                                + OF_ALL
                                + ") looked"
                                + OF_TYPE
                                + NEWEST
                                + "limit :limit";
        List<Found> found =
                bound(
                                SELECT.formatted("(" + picked + ")")
                                        + (ofOne ? " order by seq desc " : NEWEST)
                                        + "limit :limit",
                                merchant,
                                query)
                        .param("id", id, java.sql.Types.OTHER)
                        .param("type", query.type())
                        .param("limit", limit + 1)
                        .query((row, n) -> found(row))
                        .list();
        List<Found> shown = found.subList(0, Math.min(limit, found.size()));
        if (found.size() > limit) {
            return new Page(List.copyOf(shown), shown.getLast().place());
        }
        return new Page(
                List.copyOf(shown),
                ofOne || query.type().isEmpty() ? null : endOfWindow(merchant, query).orElse(null));
    }

    private StatementSpec bound(String sql, MerchantId merchant, Query query) {
        Cursor before = query.before();
        return jdbc.sql(sql)
                .param("merchant_id", merchant.value())
                .param("xid", Long.toString(before == null ? Long.MAX_VALUE : before.transaction()))
                .param("seq", before == null ? Long.MAX_VALUE : before.seq());
    }

    /** The last event that a page of one type looks at; empty when it sees all. */
    private Optional<Cursor> endOfWindow(MerchantId merchant, Query query) {
        return bound(
                        "select xid::text::bigint as xid, seq from ("
                                + OF_ALL
                                + ") looked"
                                + NEWEST
                                + "offset "
                                + (WINDOW - 1)
                                + " limit 1",
                        merchant,
                        query)
                .query((row, n) -> new Cursor(row.getLong("xid"), row.getLong("seq")))
                .optional();
    }

    /** One event, also a test. */
    public Optional<Whole> get(MerchantId merchant, String eventId) {
        if (!EVENT_ID.matcher(eventId).matches()) {
            return Optional.empty();
        }
        return jdbc.sql(
                        SELECT.formatted("")
                                + """
                                where event.merchant_id = :merchant_id
                                    and event.event_id = :event_id
                                """)
                .param("merchant_id", merchant.value())
                .param("event_id", eventId)
                .query((row, n) -> new Whole(found(row), Sql.text(row, "body")))
                .optional();
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                new Cursor(row.getLong("xid"), row.getLong("seq")),
                Sql.text(row, "event_id"),
                Sql.text(row, "type"),
                Sql.instant(row, "occurred_at"),
                Sql.uuidOrNull(row, "session_id"),
                Sql.uuidOrNull(row, "device_id"),
                Sql.textOrNull(row, "device"));
    }
}
