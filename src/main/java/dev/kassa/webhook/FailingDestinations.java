package dev.kassa.webhook;

import dev.kassa.database.Sql;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** The destinations of all merchants that somebody has to look at. */
@Service
public final class FailingDestinations {
    private final DestinationTable table;
    private final InstantSource clock;

    FailingDestinations(DestinationTable table, InstantSource clock) {
        this.table = table;
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

    /** Some of them, those of one merchant together. */
    public List<Failing> list(int limit) {
        return table.failingOfAnyMerchant(Sql.now(clock), limit);
    }
}
