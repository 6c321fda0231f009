package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table delivery. Deliveries are worked off for all merchants together. */
@Component
final class DeliveryTable {
    private final JdbcClient jdbc;

    DeliveryTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A delivery to be tried now.
     *
     * @param attempts this one included
     */
    record Claim(
            String eventId,
            DestinationId destinationId,
            int attempts,
            Instant createdAt,
            String body,
            URI url,
            String sealedSecret) {}

    /** Takes due deliveries for the length of {@code lease}, oldest first. */
    List<Claim> claimDueOfAnyMerchant(Instant now, Duration lease, int limit) {
        return jdbc.sql(
                        """
                        with due as (
                            select delivery.event_id, delivery.destination_id
                            from delivery join destination using (destination_id)
                            where delivery.status = 'PENDING' and delivery.due_at <= :now
                                and destination.enabled
                            order by delivery.due_at, delivery.event_id limit :limit
                            for update of delivery skip locked
                        ), claimed as (
                            update delivery set due_at = :leased_until, attempts = attempts + 1
                            from due where delivery.event_id = due.event_id
                                and delivery.destination_id = due.destination_id
                            returning delivery.*
                        )
                        select claimed.event_id, claimed.destination_id, claimed.attempts,
                            claimed.created_at, event.body, destination.url, destination.secret
                        from claimed join event using (event_id)
                            join destination using (destination_id)
                        order by event.seq
                        """)
                .param("now", Sql.at(now))
                .param("leased_until", Sql.at(now.plus(lease)))
                .param("limit", limit)
                .query((row, n) ->
                        new Claim(
                                Sql.text(row, "event_id"),
                                new DestinationId(Sql.uuid(row, "destination_id")),
                                row.getInt("attempts"),
                                Sql.instant(row, "created_at"),
                                Sql.text(row, "body"),
                                URI.create(Sql.text(row, "url")),
                                Sql.text(row, "secret")))
                .list();
    }

    /** What came of a try. {@code nextTry} is null when there is none. */
    record Result(
            String status,
            @Nullable Integer httpStatus,
            @Nullable String error,
            @Nullable Instant nextTry) {}

    void finish(Claim claim, Result result, Instant now) {
        UUID destination = claim.destinationId().value();
        var _ =
                jdbc.sql(
                                """
                                update delivery set status = :status, last_status = :http_status,
                                    last_error = :error,
                                    due_at = coalesce(:next_try::timestamptz, due_at),
                                    finished_at =
                                        case when :status = 'PENDING' then null else :now end
                                where event_id = :event_id and destination_id = :destination_id
                                    and status = 'PENDING' and attempts = :attempts
                                """)
                        .param("event_id", claim.eventId())
                        .param("destination_id", destination)
                        .param("attempts", claim.attempts())
                        .param("status", result.status())
                        .param("http_status", result.httpStatus())
                        .param("error", result.error())
                        .param("next_try", Sql.atOrNull(result.nextTry()))
                        .param("now", Sql.at(now))
                        .update();
    }
}
