package dev.kassa.session;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Where a session stands, in the wire's words, and where it may go from there (design 4). */
public enum SessionStatus {
    /** Made, and on its way to the device. */
    CREATED,
    /** The clerk chose a method; a payment may be in flight. */
    ACTIVE,
    /** Collected; there is an order. */
    FINALIZED,
    /** Called off by the backend or the clerk. */
    CANCELLED,
    /** Its time was up. */
    EXPIRED,
    /** The provider gave up for good. */
    FAILED;

    /** Where this status may lead. */
    public Set<SessionStatus> next() {
        return switch (this) {
            case CREATED -> EnumSet.of(ACTIVE, CANCELLED, EXPIRED);
            case ACTIVE -> EnumSet.of(ACTIVE, FINALIZED, CANCELLED, EXPIRED, FAILED);
            case FINALIZED, CANCELLED, EXPIRED, FAILED -> EnumSet.noneOf(SessionStatus.class);
        };
    }

    /** Whether nothing changes any more. */
    public boolean isFinal() {
        return next().isEmpty();
    }

    /** The names of the statuses that may lead to this one: what SQL guards with. */
    String[] from() {
        return Arrays.stream(values())
                .filter(status -> status.next().contains(this))
                .map(SessionStatus::name)
                .toArray(String[]::new);
    }
}
