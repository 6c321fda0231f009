package dev.kassa.event;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads a merchant's events from a cursor on, and misses none.
 *
 * <p>A sequence number is drawn before its transaction commits, so numbers appear out of order and
 * a reader that remembers only the highest would pass over those that come late. The cursor is
 * therefore the writing transaction's id with the number, and reading stops before the oldest
 * transaction that is still under way: nothing can appear behind that any more.
 */
@Component
public final class EventReader {
    private final JdbcClient jdbc;

    EventReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A place in the log; opaque to callers. */
    public record Cursor(long transaction, long seq) {
        /** Before the first event. */
        public static final Cursor START = new Cursor(0, 0);

        private static final Pattern FORM = Pattern.compile("\\d{1,18}-\\d{1,18}");

        /** Reads {@link #toString}; throws {@link IllegalArgumentException} on anything else. */
        public static Cursor parse(String text) {
            if (!FORM.matcher(text).matches()) {
                throw new IllegalArgumentException("no cursor");
            }
            int hyphen = text.indexOf('-');
            return new Cursor(
                    Long.parseLong(text.substring(0, hyphen)),
                    Long.parseLong(text.substring(hyphen + 1)));
        }

        @Override
        public String toString() {
            return transaction + "-" + seq;
        }
    }

    /** An event as logged. */
    public record Logged(Cursor cursor, String eventId, String type, String body) {}

    /** The merchant's next events after {@code cursor}, of these types; null for all. */
    public List<Logged> after(
            MerchantId merchant, Cursor cursor, @Nullable List<String> types, int limit) {
        return jdbc.sql(
                        """
                        select xid::text::bigint as transaction, seq, event_id, type, body from event
                        where merchant_id = :merchant_id
                            and (xid, seq) > (:transaction::text::xid8, :seq)
                            and xid < pg_snapshot_xmin(pg_current_snapshot())
                            and type <> :test
                            and (:types::text[] is null or type = any(:types::text[]))
                        order by xid, seq limit :limit
                        """)
                .param("merchant_id", merchant.value())
                .param("transaction", Long.toString(cursor.transaction()))
                .param("seq", cursor.seq())
                .param("test", EventType.TEST.wire())
                .param("types", types == null ? null : Sql.array(types))
                .param("limit", limit)
                .query((row, n) ->
                        new Logged(
                                new Cursor(row.getLong("transaction"), row.getLong("seq")),
                                Sql.text(row, "event_id"),
                                Sql.text(row, "type"),
                                Sql.text(row, "body")))
                .list();
    }

    /** Where the logs of these merchants end for a reader now, as far as they have begun. */
    public Map<MerchantId, Cursor> headsOfAnyMerchant(Collection<MerchantId> merchants) {
        Map<MerchantId, Cursor> heads = new HashMap<>();
        jdbc.sql(
                        """
                        select merchant, last.xid::text::bigint as transaction, last.seq
                        from unnest(:merchants::text[]) as merchant cross join lateral (
                            select xid, seq from event
                            where merchant_id = merchant
                                and xid < pg_snapshot_xmin(pg_current_snapshot())
                            order by xid desc, seq desc limit 1
                        ) last
                        """)
                .param("merchants", Sql.column(List.copyOf(merchants), MerchantId::value))
                .query(row -> {
                    heads.put(
                            new MerchantId(Sql.text(row, "merchant")),
                            new Cursor(row.getLong("transaction"), row.getLong("seq")));
                });
        return heads;
    }

    /** The place behind everything that has happened so far. */
    public Cursor end() {
        return jdbc.sql(
                        """
                        select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 as xid
                        """)
                .query((row, n) -> new Cursor(row.getLong("xid"), Long.MAX_VALUE / 10))
                .single();
    }
}
