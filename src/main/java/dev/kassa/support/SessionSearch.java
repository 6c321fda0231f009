package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Finds sessions for a person, by whatever is known of one. */
@Service
public final class SessionSearch {
    /** In which a session can be; a search may name one. */
    public static final List<String> STATUSES =
            List.of("CREATED", "ACTIVE", "FINALIZED", "CANCELLED", "EXPIRED", "FAILED");

    /** An unknown payment: the provider owes an answer about a pending attempt. */
    private static final String UNKNOWN =
            """
            exists (select from attempt where attempt.session_id = session.session_id
                and attempt.merchant_id = session.merchant_id and attempt.status = 'PENDING'
                and attempt.unanswered_since is not null)
            """;

    private static final String SELECT =
            """
            select session_id, session.created_at, session.status, order_amount,
                purchase_currency, merchant_reference1, device.name as device,
                location.name as location, %s as unknown
            from %s left join device using (device_id, merchant_id)
                left join location on location.location_id = session.location_id
                    and location.merchant_id = session.merchant_id
            where session.merchant_id = :merchant_id
            """;

    private static final String OF_ALL = SELECT.formatted(UNKNOWN, "session");

    private final JdbcClient jdbc;

    SessionSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What is looked for.
     *
     * @param text as {@link SearchText} takes it
     * @param status empty for any
     * @param before the last session of the page before
     * @param until the first session of the page, which is not to have newer ones
     */
    public record Query(String text, String status, @Nullable UUID before, @Nullable UUID until) {
        public static final Query NONE = new Query("", "", null, null);

        /** The same page again, without what is newer. */
        public Query until(String first) {
            return new Query(text, status, before, SearchText.id(first));
        }

        /** As it was typed; what cannot be is left out. */
        public static Query of(String text, String status, @Nullable String before) {
            return new Query(
                    SearchText.of(text).text(),
                    STATUSES.contains(status) ? status : "",
                    SearchText.id(before),
                    null);
        }
    }

    /** A line of the list. */
    public record Found(
            SessionId id,
            Instant createdAt,
            String status,
            long amount,
            String currency,
            @Nullable String reference,
            @Nullable String device,
            @Nullable String location,
            boolean unknown) {}

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
                SELECT.formatted(UNKNOWN, text.sessions())
                        + " and (:status = '' or session.status = :status) and "
                        + SearchText.MATCHES
                        + " order by session_id desc limit :limit";
        List<Found> found =
                text.on(jdbc.sql(select), merchant, query.before(), query.until())
                        .param("status", query.status())
                        .param("limit", limit + 1)
                        .query((row, n) -> found(row))
                        .list();
        if (found.size() > limit) {
            List<Found> shown = List.copyOf(found.subList(0, limit));
            return new Page(shown, shown.getLast().id().value());
        }
        return new Page(
                found,
                text.endOfWindow(jdbc, merchant, query.before(), query.until()).orElse(null));
    }

    /** How many match that are newer than {@link Query#until}, at most {@code most}. */
    public int newer(MerchantId merchant, Query query, int most) {
        SearchText text = new SearchText(query.text());
        String count =
                "select count(*)::int from (select from "
                        + text.sessions()
                        + " where session_id > :after and (:status = '' or session.status = :status)"
                        + " and "
                        + SearchText.MATCHES
                        + " limit :most) newer";
        return text.on(jdbc.sql(count), merchant, null, null)
                .param("after", query.until())
                .param("status", query.status())
                .param("most", most)
                .query(Integer.class)
                .single();
    }

    /** Those whose provider owes an answer, the oldest first. */
    public List<Found> unknown(MerchantId merchant, int limit) {
        return jdbc.sql(
                        OF_ALL
                                + " and session.status = 'ACTIVE' and "
                                + UNKNOWN
                                + " order by session_id limit :limit")
                .param("merchant_id", merchant.value())
                .param("limit", limit)
                .query((row, n) -> found(row))
                .list();
    }

    /** What is open on a device, the oldest first, as it is shown there; index session_open. */
    public List<Found> openOn(MerchantId merchant, DeviceId device, int limit) {
        return jdbc.sql(
                        OF_ALL
                                + """
                                 and session.device_id = :device_id
                                    and session.status in ('CREATED', 'ACTIVE')
                                order by session.created_at, session_id limit :limit
                                """)
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .param("limit", limit)
                .query((row, n) -> found(row))
                .list();
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                new SessionId(Sql.uuid(row, "session_id")),
                Sql.instant(row, "created_at"),
                Sql.text(row, "status"),
                row.getLong("order_amount"),
                Sql.text(row, "purchase_currency"),
                Sql.textOrNull(row, "merchant_reference1"),
                Sql.textOrNull(row, "device"),
                Sql.textOrNull(row, "location"),
                row.getBoolean("unknown"));
    }
}
