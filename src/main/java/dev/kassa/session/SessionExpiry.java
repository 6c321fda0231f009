package dev.kassa.session;

import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Worker;
import dev.kassa.session.SessionTable.Due;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Writes EXPIRED on sessions whose time is up, within two seconds (R4), many at a time. */
@Component
final class SessionExpiry implements Worker {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Sessions of one statement: their devices are locked while it runs, some 20 ms. */
    private static final int BATCH = 500;

    private final SessionTable table;
    private final EventLog events;
    private final SessionMetrics metrics;
    private final InstantSource clock;

    SessionExpiry(
            SessionTable table, EventLog events, SessionMetrics metrics, InstantSource clock) {
        this.table = table;
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "session-expiry";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Expires everything that is due now, but for devices that somebody else is working on. */
    @Override
    public void runOnce() {
        Instant now = Sql.now(clock);
        @Nullable Due last = null;
        List<Due> due;
        do {
            due = table.dueOfAnyMerchant(now, last, BATCH);
            if (!due.isEmpty()) {
                expire(due, now);
                last = due.getLast();
            }
        } while (due.size() == BATCH);
    }

    private void expire(List<Due> due, Instant now) {
        List<Event> told =
                due.stream()
                        .map(one ->
                                Event.ofSession(
                                        EventType.SESSION_EXPIRED,
                                        one.merchantId(),
                                        one.id(),
                                        null,
                                        null,
                                        now))
                        .toList();
        List<DeviceId> expired = table.expireOfAnyMerchant(due, told, now);
        metrics.entered(SessionStatus.EXPIRED, expired.size());
        Map<DeviceId, MerchantId> merchants =
                due.stream().collect(Collectors.toMap(Due::deviceId, Due::merchantId, (a, b) -> a));
        for (DeviceId device : Set.copyOf(expired)) {
            events.committed(
                    Objects.requireNonNull(merchants.get(device)),
                    device,
                    EventType.SESSION_EXPIRED);
        }
    }
}
