package dev.kassa.push;

import dev.kassa.database.Hints;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import dev.kassa.kernel.Worker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** What devices have to be told, and the lines on which they wait for it. */
@Component
public final class DeviceFeed implements Worker {
    private static final Duration POLL = Duration.ofSeconds(1);

    /** To the other nodes: this device has news. */
    private static final String NEWS = "device";

    /** To the other nodes: this device's stream may have to end. */
    private static final String LOOK = "stream";

    /** How long a stream lives at the least; the same again is the most, drawn for each. */
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    private static final Duration[] DISPATCH_BUCKETS =
            IntStream.of(2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000)
                    .mapToObj(Duration::ofMillis)
                    .toArray(Duration[]::new);

    private final DeviceFeedTable table;
    private final Presence presence;
    private final Hints hints;
    private final InstantSource clock;
    private final Map<DeviceId, Subscription> lines = new ConcurrentHashMap<>();
    private final Timer dispatch;
    private volatile boolean closed;
    private volatile Runnable pollNow = () -> {};

    DeviceFeed(
            DeviceFeedTable table,
            Presence presence,
            EventLog events,
            Hints hints,
            InstantSource clock,
            MeterRegistry meters) {
        this.table = table;
        this.presence = presence;
        this.hints = hints;
        this.clock = clock;
        this.dispatch =
                Timer.builder("kassa.dispatch")
                        .description("From an event's commit to its writing to the device's stream")
                        .serviceLevelObjectives(DISPATCH_BUCKETS)
                        .register(meters);
        var _ =
                Gauge.builder("kassa.streams", lines, Map::size)
                        .description("Devices whose stream is open on this node")
                        .register(meters);
        events.follow(change -> happened(change.device()));
        hints.receive(NEWS, device -> ring(DeviceId.parse(device)));
        hints.receive(LOOK, device -> look(DeviceId.parse(device)));
    }

    /** Something happened to a session; {@code seq} is the stream's event id. */
    public record Message(long seq, SessionId sessionId, Instant at) {}

    /** Who listens: a device, by the token whose hash this is. */
    public record Listener(MerchantId merchant, DeviceId device, String tokenHash) {}

    /** Why a stream ends. */
    public enum End {
        /** The device opened a newer one. */
        REPLACED,
        /** The device was deregistered or paired again: its token is dead. */
        REVOKED,
        /** It has been open for long enough; connecting again is all it takes. */
        LIFETIME,
        /** The server stops; connecting again finds another or the next one. */
        STOPPING;

        /** The name on the wire. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One device waiting. A device has one line: opening another ends the one before. */
    public final class Subscription implements AutoCloseable {
        private final Listener listener;
        private final long number;
        private final Instant openedAt;
        private final Instant endsAt;
        private final Semaphore rings = new Semaphore(0);
        private final AtomicReference<@Nullable End> end = new AtomicReference<>();
        private volatile long seen;

        private Subscription(
                Listener listener, long number, Instant openedAt, Instant endsAt, long seen) {
            this.listener = listener;
            this.number = number;
            this.openedAt = openedAt;
            this.endsAt = endsAt;
            this.seen = seen;
        }

        /** Waits up to {@code limit} for a ring; false when there was none. */
        public boolean await(Duration limit) throws InterruptedException {
            boolean rung = rings.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
            var _ = rings.drainPermits();
            return rung;
        }

        /**
         * What the device has to be told next, in order, at most {@code limit} messages; nothing
         * when the token it listens by is dead.
         */
        public List<Message> next(int limit) {
            return table.after(listener, seen, limit);
        }

        /**
         * The device was sent these, and so knows all up to {@code seq}. Each is measured, unless
         * it happened before the stream was opened: how long a phone was off says nothing of Kassa.
         */
        public void sent(List<Message> sent, long seq) {
            Instant now = clock.instant();
            for (Message message : sent) {
                if (!message.at.isBefore(openedAt)) {
                    dispatch.record(Duration.between(message.at, now));
                }
            }
            seen = seq;
        }

        /** Why the stream must end now; null while it need not. */
        public @Nullable End ended() {
            return end.get();
        }

        private void ring() {
            if (rings.availablePermits() == 0) {
                rings.release();
            }
        }

        private void end(End reason) {
            var _ = end.compareAndSet(null, reason);
            ring();
        }

        @Override
        public void close() {
            var _ = lines.remove(listener.device(), this);
            presence.closed(listener, number);
        }
    }

    /** Opens the device's line, for someone who has been told all up to {@code seen}. */
    public Subscription open(Listener listener, long seen) {
        long number = presence.opened(listener);
        long life = LIFETIME.toMillis();
        Instant now = clock.instant();
        Instant endsAt = now.plusMillis(life + ThreadLocalRandom.current().nextLong(life));
        Subscription line = new Subscription(listener, number, now, endsAt, seen);
        var _ =
                lines.merge(
                        listener.device(),
                        line,
                        (before, opened) -> {
                            // Two opened at once: the database says which of them is the newer.
                            boolean newer = opened.number > before.number;
                            (newer ? before : opened).end(End.REPLACED);
                            return newer ? opened : before;
                        });
        if (closed) {
            line.end(End.STOPPING);
        }
        hints.send(LOOK, listener.device().toString());
        return line;
    }

    /** The newest sequence number of this device; 0 when nothing ever happened. */
    public long head(MerchantId merchant, DeviceId device) {
        return table.head(merchant, device);
    }

    /** The device was deregistered or given another token: its stream ends on whichever node. */
    public void revoked(DeviceId device) {
        look(device);
        hints.send(LOOK, device.toString());
    }

    /** A device whose line is here needs no hint to the other nodes. */
    private void happened(DeviceId device) {
        if (lines.containsKey(device)) {
            ring(device);
        } else {
            hints.send(NEWS, device.toString());
        }
    }

    private void ring(DeviceId device) {
        Subscription line = lines.get(device);
        if (line != null) {
            line.ring();
        }
    }

    private void look(DeviceId device) {
        if (lines.containsKey(device)) {
            pollNow.run();
        }
    }

    @Override
    public String name() {
        return "inbox";
    }

    @Override
    public Duration interval() {
        return POLL;
    }

    @Override
    public void started(Runnable wake) {
        pollNow = wake;
    }

    /**
     * Rings every line that has something it was not told, and ends those whose device was
     * deregistered, paired again or has a newer stream on another node. One statement for all.
     */
    @Override
    public void runOnce() {
        if (lines.isEmpty()) {
            return;
        }
        Set<Subscription> waiting = Set.copyOf(lines.values());
        Map<DeviceId, DeviceFeedTable.StreamState> standings =
                table.standingsOfAnyMerchant(
                        waiting.stream().map(line -> line.listener.device()).toList());
        Instant now = clock.instant();
        for (Subscription line : waiting) {
            DeviceFeedTable.StreamState standing = standings.get(line.listener.device());
            if (standing == null || !standing.tokenHash().equals(line.listener.tokenHash())) {
                line.end(End.REVOKED);
            } else if (standing.streamNumber() > line.number) {
                line.end(End.REPLACED);
            } else if (!line.endsAt.isAfter(now)) {
                line.end(End.LIFETIME);
            } else if (standing.head() > line.seen) {
                line.ring();
            }
        }
    }

    /** Before the web server waits for requests in flight: open streams would never finish. */
    @EventListener(ContextClosedEvent.class)
    void stop() {
        closed = true;
        lines.values().forEach(line -> line.end(End.STOPPING));
    }
}
