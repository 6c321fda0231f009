package dev.kassa.idempotency;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Frees keys, later if the database is away, and forgets those that are older than a day. */
@Component
final class KeyCleaning implements Worker {
    private static final Duration CLEANING = Duration.ofMinutes(10);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH = 1000;

    private final IdempotencyTable table;
    private final InstantSource clock;

    /** Keys that could not be freed, since the database was away. */
    private final Map<IdempotencyTable.Key, Instant> unfreed = new ConcurrentHashMap<>();

    private Instant cleaned = Instant.EPOCH;

    KeyCleaning(IdempotencyTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    /** Frees a key that was taken at this time, now or as soon as the database is back. */
    void free(IdempotencyTable.Key key, Instant startedAt) {
        try {
            table.free(key, startedAt);
        } catch (DataAccessException e) {
            unfreed.put(key, startedAt);
        }
    }

    @Override
    public String name() {
        return "idempotency-cleaning";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void runOnce() {
        unfreed.forEach((key, startedAt) -> {
            table.free(key, startedAt);
            unfreed.remove(key, startedAt);
        });
        Instant now = Sql.now(clock);
        if (now.isBefore(cleaned.plus(CLEANING))) {
            return;
        }
        Instant before = now.minus(IdempotencyFilter.LEASES.retention());
        int forgotten;
        do {
            forgotten = table.forgetOfAnyMerchant(before, BATCH);
        } while (forgotten == BATCH);
        cleaned = now;
    }
}
