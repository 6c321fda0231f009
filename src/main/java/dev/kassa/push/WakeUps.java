package dev.kassa.push;

import dev.kassa.database.Sql;
import dev.kassa.device.Platform;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Worker;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Wakes devices that sleep. A session that no stream has taken within a second is announced to its
 * device's push service, once, whichever node sees to it. The app then opens its stream. A wake-up
 * is a hint like any other: the session waits in the inbox whether it is sent or not.
 */
@Component
final class WakeUps implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);

    /** How long a stream has to take a session. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** When to come back to a push service that did not answer. */
    private static final Duration RETRY = Duration.ofSeconds(10);

    private static final Duration INTERVAL = Duration.ofMillis(250);

    /** Wake-ups under way at a time; more would only pile up behind a push service that hangs. */
    private static final int UNDER_WAY = 200;

    private record Due(DeviceId device, Instant at) {}

    private final WakeUpTable table;
    private final Map<Platform, WakeUpSender> senders;
    private final InstantSource clock;
    private final Queue<Due> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore slots = new Semaphore(UNDER_WAY);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    WakeUps(WakeUpTable table, WakeUpSenders senders, EventLog events, InstantSource clock) {
        this.table = table;
        this.senders = senders.byPlatform();
        this.clock = clock;
        if (!this.senders.isEmpty()) {
            events.follow(change -> later(change.device(), GRACE));
        }
    }

    private void later(DeviceId device, Duration delay) {
        var _ = queue.add(new Due(device, clock.instant().plus(delay)));
    }

    @Override
    public String name() {
        return "wake-ups";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Begins to wake the devices whose time has come; does not wait for the push services. */
    @Override
    public void runOnce() {
        Instant now = Sql.now(clock);
        Set<DeviceId> due = new HashSet<>();
        for (Iterator<Due> entries = queue.iterator(); entries.hasNext(); ) {
            Due entry = entries.next();
            if (!entry.at().isAfter(now)) {
                var _ = due.add(entry.device());
                entries.remove();
            }
        }
        if (due.isEmpty()) {
            return;
        }
        for (WakeUp wakeUp :
                table.claimOfAnyMerchant(due, senders.keySet(), now.minus(GRACE), now)) {
            if (slots.tryAcquire()) {
                threads.execute(() -> send(wakeUp));
            } else {
                again(wakeUp);
            }
        }
    }

    private void send(WakeUp wakeUp) {
        try {
            switch (Objects.requireNonNull(senders.get(wakeUp.platform())).send(wakeUp)) {
                case SENT, REFUSED -> {}
                case TOKEN_DEAD -> {
                    LOG.info("The push token of device {} is dead", wakeUp.device());
                    table.forgetToken(wakeUp.merchant(), wakeUp.device(), wakeUp.pushToken());
                }
                case NOT_NOW -> again(wakeUp);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("{} was not sent", wakeUp, e);
        } finally {
            slots.release();
        }
    }

    private void again(WakeUp wakeUp) {
        Due due = new Due(wakeUp.device(), clock.instant().plus(RETRY));
        table.giveBack(wakeUp.merchant(), wakeUp.session());
        var _ = queue.add(due);
    }

    @PreDestroy
    void stop() {
        var _ = threads.shutdownNow();
    }
}
