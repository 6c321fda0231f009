package dev.kassa.merchant;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * When and from where each API key was used last, written some seconds later so that a request
 * costs no write. What was not written when a server dies is not known.
 */
@Component
final class KeyUses implements Worker {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Map<String, Use> unwritten = new ConcurrentHashMap<>();
    private final KeyTable table;
    private final InstantSource clock;

    KeyUses(KeyTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    /** The last use of a key. */
    record Use(MerchantId merchant, String username, Instant at, String address) {}

    void used(MerchantId merchant, String username, String address) {
        unwritten.put(username, new Use(merchant, username, Sql.now(clock), address));
    }

    @Override
    public String name() {
        return "key-uses";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void runOnce() {
        Map<String, Use> batch = Map.copyOf(unwritten);
        if (!batch.isEmpty()) {
            table.usedOfAnyMerchant(batch.values());
            batch.forEach(unwritten::remove);
        }
    }
}
