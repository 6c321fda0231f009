package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** How a merchant's destinations fare, for a person who looks after them. */
@Service
public final class DestinationHealth {
    /** Deliveries of a destination that are looked at, from the newest on. */
    private static final int WINDOW = 200;

    private static final String NEWEST =
            """
            (select * from delivery where delivery.destination_id = destination.destination_id
                order by seq desc limit %d) newest
            """
                    .formatted(WINDOW);

    private static final String SELECT =
            "select "
                    + DestinationTable.COLUMNS
                    + ", secret_revealed_at is null as revealable,"
                    + " (select finished_at from "
                    + NEWEST
                    + " where status = 'DELIVERED' order by seq desc limit 1) as last_delivered_at,"
                    + " (select last_error from "
                    + NEWEST
                    + """
                     where attempts > 0 order by seq desc limit 1) as last_error,
                    (select due_at from delivery
                        where delivery.destination_id = destination.destination_id
                            and status = 'PENDING' and step > 0
                        order by due_at limit 1) as next_try_at
                    from destination where merchant_id = :merchant_id
                    """;

    private final JdbcClient jdbc;
    private final InstantSource clock;

    DestinationHealth(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** In one word. */
    public enum State {
        ENABLED,
        /** Enabled, and the newest event that was tried has not arrived. */
        FAILING,
        DISABLED
    }

    /**
     * A destination and how it fares.
     *
     * @param revealable its secret may still be shown, once
     * @param lastDeliveredAt when the newest of its events arrived that did; null when none of the
     *     last 200 has
     * @param lastError what went wrong with the newest event that was tried; null when nothing did
     * @param nextTryAt when something is tried again; null when nothing waits for that
     */
    public record Line(
            Destination destination,
            boolean revealable,
            @Nullable Instant lastDeliveredAt,
            @Nullable String lastError,
            @Nullable Instant nextTryAt) {

        /** In one word. */
        public State state() {
            if (!destination.enabled()) {
                return State.DISABLED;
            }
            return lastError == null && destination.pausedUntil() == null
                    ? State.ENABLED
                    : State.FAILING;
        }
    }

    /** All of them, by name: a merchant has no more than fit on a page. */
    public List<Line> list(MerchantId merchant) {
        return jdbc.sql(SELECT + " order by name limit :limit")
                .param("merchant_id", merchant.value())
                .param("now", Sql.at(Sql.now(clock)))
                .param("limit", Limits.DESTINATIONS)
                .query(DestinationHealth::line)
                .list();
    }

    /**
     * One of them.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Line get(MerchantId merchant, DestinationId id) {
        return jdbc.sql(SELECT + " and destination_id = :destination_id")
                .param("merchant_id", merchant.value())
                .param("destination_id", id.value())
                .param("now", Sql.at(Sql.now(clock)))
                .query(DestinationHealth::line)
                .optional()
                .orElseThrow(() -> Destinations.unknown(id));
    }

    private static Line line(ResultSet row, int n) throws SQLException {
        Destination destination = DestinationTable.destination(row, n);
        Instant due = Sql.instantOrNull(row, "next_try_at");
        Instant paused = destination.pausedUntil();
        // Nothing is tried before the pause is over.
        boolean later = due != null && paused != null && paused.isAfter(due);
        return new Line(
                destination,
                row.getBoolean("revealable"),
                Sql.instantOrNull(row, "last_delivered_at"),
                Sql.textOrNull(row, "last_error"),
                !destination.enabled() ? null : later || due == null ? paused : due);
    }
}
