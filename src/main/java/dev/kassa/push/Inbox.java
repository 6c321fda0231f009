package dev.kassa.push;

import dev.kassa.event.EventLog;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** What devices have to be told, and the lines on which they wait for it. */
@Component
public final class Inbox implements Worker {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final InboxTable table;
    private final Map<DeviceId, Line> lines = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Inbox(InboxTable table, EventLog events) {
        this.table = table;
        events.follow(this::ring);
    }

    /** Something happened to a session; {@code seq} is the stream's event id. */
    public record Message(long seq, SessionId sessionId) {}

    /** One device waiting. A device has one line: opening another ends the one before. */
    public final class Line implements AutoCloseable {
        private final DeviceId device;
        private final Semaphore rings = new Semaphore(0);
        private volatile boolean ended;
        private volatile long seen;

        private Line(DeviceId device, long seen) {
            this.device = device;
            this.seen = seen;
        }

        /** Waits up to {@code limit} for a ring; false when there was none. */
        public boolean await(Duration limit) throws InterruptedException {
            boolean rung = rings.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
            var _ = rings.drainPermits();
            return rung;
        }

        /** Remembers how far the device has been told. */
        public void seen(long seq) {
            seen = seq;
        }

        /** Whether the stream must end: a newer one was opened, or the server stops. */
        public boolean ended() {
            return ended;
        }

        private void ring() {
            if (rings.availablePermits() == 0) {
                rings.release();
            }
        }

        private void end() {
            ended = true;
            ring();
        }

        @Override
        public void close() {
            var _ = lines.remove(device, this);
        }
    }

    /** Opens the device's line, for someone who has been told all up to {@code seen}. */
    public Line open(DeviceId device, long seen) {
        Line line = new Line(device, seen);
        Line before = lines.put(device, line);
        if (before != null) {
            before.end();
        }
        if (closed) {
            line.end();
        }
        return line;
    }

    /**
     * What this device has to be told after {@code seq}, in order, at most {@code limit} messages.
     */
    public List<Message> after(MerchantId merchant, DeviceId device, long seq, int limit) {
        return table.after(merchant, device, seq, limit);
    }

    /** The newest sequence number of this device; 0 when nothing ever happened. */
    public long head(MerchantId merchant, DeviceId device) {
        return table.head(merchant, device);
    }

    private void ring(DeviceId device) {
        Line line = lines.get(device);
        if (line != null) {
            line.ring();
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

    /** Rings every line that has something it was not told; ends those of deregistered devices. */
    @Override
    public void runOnce() {
        if (lines.isEmpty()) {
            return;
        }
        Set<DeviceId> waiting = Set.copyOf(lines.keySet());
        Map<DeviceId, Long> heads = table.headsOfAnyMerchant(waiting);
        for (DeviceId device : waiting) {
            Line line = lines.get(device);
            Long head = heads.get(device);
            if (line == null) {
                continue;
            }
            if (head == null) {
                line.end();
            } else if (head > line.seen) {
                line.ring();
            }
        }
    }

    /** Before the web server waits for requests in flight: open streams would never finish. */
    @EventListener(ContextClosedEvent.class)
    void stop() {
        closed = true;
        lines.values().forEach(Line::end);
    }
}
