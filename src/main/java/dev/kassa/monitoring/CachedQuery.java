package dev.kassa.monitoring;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Something that the database is asked for at most every few seconds, however often and by however
 * many it is wanted. Null while the database does not answer.
 */
public final class CachedQuery<T> {
    private static final Logger LOG = LoggerFactory.getLogger(CachedQuery.class);
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Supplier<T> source;
    private @Nullable T value;
    private long readAtNanos = System.nanoTime() - FRESH.toNanos();

    public CachedQuery(Supplier<T> source) {
        this.source = source;
    }

    /** The value, at most five seconds old. */
    public synchronized @Nullable T get() {
        long now = System.nanoTime();
        if (now - readAtNanos >= FRESH.toNanos()) {
            try {
                value = source.get();
            } catch (DataAccessException e) {
                LOG.debug("not read", e);
                value = null;
            }
            readAtNanos = now;
        }
        return value;
    }
}
