package dev.kassa.webhook;

import dev.kassa.database.Sql;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** The destinations of all merchants that somebody has to look at. */
@Service
public final class FailingDestinations {
    private final JdbcClient jdbc;
    private final InstantSource clock;

    FailingDestinations(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * One of them.
     *
     * @param disabledReason why Kassa sends it nothing any more; null while it does
     * @param pausedUntil when it is tried again, if it only fails
     */
    public record Failing(
            String merchantId,
            String name,
            String url,
            @Nullable String disabledReason,
            @Nullable Instant pausedUntil) {}

    /** Some of them: disabled by their own answer, or left alone since they fail. */
    public List<Failing> listOfAnyMerchant(int limit) {
        return jdbc.sql(
                        """
                        select merchant_id, name, url, disabled_reason,
                            case when resume_at > :now then resume_at end as paused_until
                        from destination join lane using (destination_id)
                        where disabled_reason is not null or enabled and resume_at > :now
                        order by merchant_id, name limit :limit
                        """)
                .param("now", Sql.at(Sql.now(clock)))
                .param("limit", limit)
                .query((row, n) ->
                        new Failing(
                                Sql.text(row, "merchant_id"),
                                Sql.text(row, "name"),
                                Sql.text(row, "url"),
                                Sql.textOrNull(row, "disabled_reason"),
                                Sql.instantOrNull(row, "paused_until")))
                .list();
    }
}
