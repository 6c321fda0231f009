package dev.kassa.database;

import dev.kassa.kernel.Worker;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Looks for a new key ring. Only so that this server soon seals under the newest key: whoever meets
 * a key that it does not know looks at once.
 */
@Component
final class KeyRingPoll implements Worker {
    private final JdbcClient jdbc;
    private final KeyRings rings;

    KeyRingPoll(JdbcClient jdbc, KeyRings rings) {
        this.jdbc = jdbc;
        this.rings = rings;
    }

    @Override
    public String name() {
        return "key-ring";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void runOnce() {
        boolean changed =
                jdbc.sql("select exists (select from key_ring where version <> ?)")
                        .param(rings.version())
                        .query(Boolean.class)
                        .single();
        if (changed) {
            rings.refresh();
        }
    }
}
