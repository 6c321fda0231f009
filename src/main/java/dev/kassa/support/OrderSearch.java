package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * Finds orders for a person, the newest sale first. An order is found by way of its session, whose
 * merchant has an index; orders have none of their own, since each would cost every sale.
 */
@Service
public final class OrderSearch {
    private final JdbcClient jdbc;
    private final InstantSource clock;

    OrderSearch(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Which orders are looked for. */
    public enum Filter {
        ANY("true"),
        /** Something is held that was not captured yet. */
        OPEN(
                "orders.captured_amount + orders.released_amount < orders.order_amount"
                        + " and orders.expires_at > :now"),
        REFUNDED("orders.refunded_amount > 0"),
        /** The provider has not said yet whether money moved. */
        UNKNOWN(
                "exists (select from order_movement m where m.order_id = orders.order_id"
                        + " and m.merchant_id = orders.merchant_id and m.status = 'PENDING')");

        private final String sql;

        Filter(String sql) {
            this.sql = sql;
        }

        /** Its name in a URL. */
        public static Filter of(String name) {
            return Arrays.stream(values())
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElse(ANY);
        }
    }

    /**
     * What is looked for.
     *
     * @param text as {@link SearchText} takes it
     * @param before the session of the last order of the page before
     */
    public record Query(String text, Filter filter, @Nullable UUID before) {
        /** As it was typed; what cannot be is left out. */
        public static Query of(String text, String filter, @Nullable String before) {
            return new Query(SearchText.of(text).text(), Filter.of(filter), SearchText.id(before));
        }
    }

    /** A line of the list; amounts in minor units. */
    public record Found(
            OrderId id,
            UUID session,
            Instant createdAt,
            long amount,
            long captured,
            long refunded,
            String currency,
            String method,
            @Nullable String reference,
            @Nullable String location) {}

    /**
     * One page, the newest first.
     *
     * @param next what the next page is {@code before}; null at the end
     */
    public record Page(List<Found> found, @Nullable UUID next) {}

    /**
     * Those that match, at most as many as {@code limit}. A page looks at {@link SearchText#WINDOW}
     * sessions and no further, so it may be short, or empty, though more follow.
     */
    public Page find(MerchantId merchant, Query query, int limit) {
        SearchText text = new SearchText(query.text());
        String select =
                """
                select orders.*, location.name as location
                from %s join orders using (session_id, merchant_id)
                    left join location on location.location_id = orders.location_id
                    and location.merchant_id = orders.merchant_id
                where session.status = 'FINALIZED' and (%s) and
                """
                                .formatted(text.sessions(), query.filter().sql)
                        + SearchText.MATCHES
                        + " order by session_id desc limit :limit";
        List<Found> found =
                text.on(jdbc.sql(select), merchant, query.before(), null)
                        .param("now", Sql.at(Sql.now(clock)))
                        .param("limit", limit + 1)
                        .query((row, n) -> found(row))
                        .list();
        if (found.size() > limit) {
            List<Found> shown = List.copyOf(found.subList(0, limit));
            return new Page(shown, shown.getLast().session());
        }
        return new Page(found, text.endOfWindow(jdbc, merchant, query.before(), null).orElse(null));
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                new OrderId(Sql.uuid(row, "order_id")),
                Sql.uuid(row, "session_id"),
                Sql.instant(row, "created_at"),
                row.getLong("order_amount"),
                row.getLong("captured_amount"),
                row.getLong("refunded_amount"),
                Sql.text(row, "purchase_currency"),
                Sql.text(row, "payment_method"),
                Sql.textOrNull(row, "merchant_reference1"),
                Sql.textOrNull(row, "location"));
    }
}
