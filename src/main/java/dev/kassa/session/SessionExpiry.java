package dev.kassa.session;

import dev.kassa.kernel.Loop;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Writes EXPIRED on sessions whose time is up, within two seconds (R4). */
@Component
public final class SessionExpiry {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH = 500;

    private final Sessions sessions;
    private @Nullable Loop loop;

    SessionExpiry(Sessions sessions) {
        this.sessions = sessions;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        loop = Loop.start("session-expiry", INTERVAL, this::runOnce);
    }

    @PreDestroy
    void stop() {
        if (loop != null) {
            loop.close();
        }
    }

    /** Expires everything that is due now. */
    public void runOnce() {
        int tried;
        do {
            tried = sessions.expireDueOfAnyMerchant(BATCH);
        } while (tried == BATCH);
    }
}
