package dev.kassa.session;

import dev.kassa.monitoring.CachedQuery;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Sessions by status: how many came into each on this node, and how many are open now. */
@Component
final class SessionMetrics {
    private final Map<SessionStatus, Counter> entered = new EnumMap<>(SessionStatus.class);

    SessionMetrics(SessionTable table, MeterRegistry meters) {
        for (SessionStatus status : SessionStatus.values()) {
            entered.put(
                    status,
                    Counter.builder("kassa.sessions")
                            .description("Sessions that this node brought into a status")
                            .tag("status", status.name())
                            .register(meters));
        }
        CachedQuery<Map<SessionStatus, Long>> open = new CachedQuery<>(table::openOfAnyMerchant);
        for (SessionStatus status : List.of(SessionStatus.CREATED, SessionStatus.ACTIVE)) {
            var _ =
                    Gauge.builder("kassa.sessions.open", open, r -> count(r, status))
                            .description(
                                    "Sessions now open in the database, counted up to "
                                            + SessionTable.MOST_COUNTED)
                            .tag("status", status.name())
                            .strongReference(true)
                            .register(meters);
        }
    }

    private static double count(CachedQuery<Map<SessionStatus, Long>> open, SessionStatus status) {
        Map<SessionStatus, Long> counts = open.get();
        return counts == null ? Double.NaN : counts.getOrDefault(status, 0L);
    }

    /** Counts sessions that came into this status. */
    void entered(SessionStatus status, int sessions) {
        Counter counter = entered.get(status);
        if (counter != null) {
            counter.increment(sessions);
        }
    }
}
