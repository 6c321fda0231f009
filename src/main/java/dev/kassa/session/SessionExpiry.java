package dev.kassa.session;

import dev.kassa.kernel.Worker;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Writes EXPIRED on sessions whose time is up, within two seconds (R4). */
@Component
public final class SessionExpiry implements Worker {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH = 500;

    private final Sessions sessions;

    SessionExpiry(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public String name() {
        return "session-expiry";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Expires everything that is due now. */
    @Override
    public void runOnce() {
        int expired;
        do {
            expired = sessions.expireDueOfAnyMerchant(BATCH);
        } while (expired == BATCH);
    }
}
