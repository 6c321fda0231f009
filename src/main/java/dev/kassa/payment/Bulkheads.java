package dev.kassa.payment;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * A bulkhead for each provider and each table of operations: a limited number of checks may be
 * under way there and no more, so that a provider that hangs holds up its own checks alone. What is
 * due beyond that stays due in the database. Each check has a thread of its own and a deadline,
 * after which it is interrupted and its place is free again.
 */
@Component
final class Bulkheads {
    /** Checks of one table under way at one provider, on one node. */
    static final int CHECKS = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Bulkheads.class);

    private final Map<UUID, UnderWay> underWay = new ConcurrentHashMap<>();
    private volatile Runnable room = () -> {};

    private record UnderWay(String table, String provider, Thread thread, long begunNanos) {}

    /** Calls {@code room} when a bulkhead that was full has room for a good deal more. */
    void whenThereIsRoom(Runnable room) {
        this.room = room;
    }

    /** How many checks of this table are under way, by provider. */
    Map<String, Integer> busy(String table) {
        Map<String, Integer> busy = new HashMap<>();
        for (UnderWay one : underWay.values()) {
            if (one.table().equals(table)) {
                var _ = busy.merge(one.provider(), 1, Integer::sum);
            }
        }
        return busy;
    }

    /** The operations of this table that are being checked. */
    Set<UUID> ids(String table) {
        return underWay.entrySet().stream()
                .filter(entry -> entry.getValue().table().equals(table))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Runs a check on a thread of its own. Never blocks. */
    void start(String table, String provider, UUID id, Runnable check) {
        Thread thread =
                Thread.ofVirtual()
                        .name("check " + id)
                        .unstarted(() -> {
                            try {
                                check.run();
                            } catch (RuntimeException e) {
                                LOG.warn("{} was not checked; it is due again soon", id, e);
                            } finally {
                                ended(table, provider, id);
                            }
                        });
        UnderWay one = new UnderWay(table, provider, thread, System.nanoTime());
        if (underWay.putIfAbsent(id, one) == null) {
            thread.start();
        }
    }

    private void ended(String table, String provider, UUID id) {
        var _ = underWay.remove(id);
        if (busy(table).getOrDefault(provider, 0) == CHECKS / 2) {
            room.run();
        }
    }

    /** Interrupts what has been under way for longer than a check may take. */
    void interruptOverdue() {
        interruptOlderThan(ProviderTimeouts.CHECK);
    }

    void interruptOlderThan(Duration age) {
        long now = System.nanoTime();
        underWay.forEach((id, one) -> {
            if (now - one.begunNanos() > age.toNanos()) {
                LOG.warn("{} does not come back about {}; giving up for now", one.provider(), id);
                one.thread().interrupt();
            }
        });
    }

    /** Waits until nothing that is under way now is so any more; false when that takes longer. */
    boolean await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (UnderWay one : Set.copyOf(underWay.values())) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || !one.thread().join(Duration.ofNanos(left))) {
                return false;
            }
        }
        return true;
    }

    /** What is interrupted here is due again when its lease ends. */
    @PreDestroy
    void stop() throws InterruptedException {
        if (!await(ProviderTimeouts.STOP)) {
            underWay.values().forEach(one -> one.thread().interrupt());
        }
    }
}
