package dev.kassa.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * How long the oldest piece of work that is due has been waiting to be begun; zero when none is. A
 * gauge in seconds, and a part of the health: down beyond the limit, since then nobody works, on
 * any node. It is not part of the readiness, which would take every node away at once.
 */
public abstract class Lag implements HealthIndicator {
    private final CachedQuery<Duration> reading;
    private final Duration limit;

    /** {@code waiting} is asked at most every five seconds. */
    protected Lag(
            String meter,
            String description,
            Duration limit,
            Supplier<Duration> waiting,
            MeterRegistry meters) {
        this.limit = limit;
        this.reading = new CachedQuery<>(waiting);
        var _ =
                TimeGauge.builder(meter, reading, TimeUnit.SECONDS, Lag::seconds)
                        .description(description)
                        .register(meters);
    }

    private static double seconds(CachedQuery<Duration> reading) {
        Duration lag = reading.get();
        return lag == null ? Double.NaN : lag.toNanos() / 1e9;
    }

    @Override
    public Health health() {
        @Nullable Duration lag = reading.get();
        if (lag == null) {
            return Health.down().withDetail("lag", "unknown: the database does not answer").build();
        }
        return (lag.compareTo(limit) > 0 ? Health.down() : Health.up())
                .withDetail("lag_seconds", lag.toMillis() / 1000.0)
                .withDetail("limit_seconds", limit.toSeconds())
                .build();
    }
}
