package dev.kassa.session;

import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import org.springframework.stereotype.Component;

/**
 * What follows from a change of a session once it is written: it is counted, and those who follow
 * the event log are hinted. Nothing depends on either.
 */
@Component
final class SessionChanges {
    private final EventLog events;
    private final SessionMetrics metrics;

    SessionChanges(EventLog events, SessionMetrics metrics) {
        this.events = events;
        this.metrics = metrics;
    }

    /** A session of this device came into a status, with an event of this type. */
    void entered(SessionStatus status, MerchantId merchant, DeviceId device, EventType type) {
        metrics.entered(status, 1);
        events.committed(merchant, device, type);
    }
}
