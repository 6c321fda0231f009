package dev.kassa.portal;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.webhook.EventHints;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The pages that are open and hear when something of their merchant has happened. */
@Component
final class LiveLines {
    /** Changed by whoever computes on it alone. */
    private final Map<MerchantId, List<Line>> lines = new ConcurrentHashMap<>();

    private volatile boolean closed;

    LiveLines(EventHints hints) {
        hints.follow(
                (merchant, types) -> lines.getOrDefault(merchant, List.of()).forEach(Line::ring));
    }

    /** One page; its place is free when it is closed. */
    final class Line implements AutoCloseable {
        private final PortalUser user;
        private final Semaphore rings = new Semaphore(0);

        private Line(PortalUser user) {
            this.user = user;
        }

        private void ring() {
            rings.release();
        }

        /** Waits until something has happened since the last time; false when nothing did. */
        boolean await(Duration patience) throws InterruptedException {
            boolean rung = rings.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
            var _ = rings.drainPermits();
            return rung;
        }

        @Override
        public void close() {
            var _ =
                    lines.computeIfPresent(
                            user.merchant(),
                            (merchant, all) -> {
                                var _ = all.remove(this);
                                return all.isEmpty() ? null : all;
                            });
        }
    }

    /**
     * A line for a page of this user.
     *
     * @throws Problem TOO_MANY when the user has {@link Limits#LIVE_PAGES_PER_USER}
     */
    Line open(PortalUser user) {
        Line line = new Line(user);
        List<Line> all =
                lines.compute(
                        user.merchant(),
                        (merchant, known) -> {
                            List<Line> open = known == null ? new CopyOnWriteArrayList<>() : known;
                            if (count(open, user) < Limits.LIVE_PAGES_PER_USER) {
                                var _ = open.add(line);
                            }
                            return open;
                        });
        if (!all.contains(line)) {
            throw Problem.tooMany(
                    "You have " + Limits.LIVE_PAGES_PER_USER + " live pages open. Close some.",
                    Duration.ofMinutes(1));
        }
        return line;
    }

    private static long count(List<Line> open, PortalUser user) {
        return open.stream().filter(line -> line.user.email().equals(user.email())).count();
    }

    /** Whether the server is about to stop. */
    boolean isClosed() {
        return closed;
    }

    /** Before the web server waits for requests in flight. */
    @EventListener(ContextClosedEvent.class)
    void stop() {
        closed = true;
        lines.values().forEach(all -> all.forEach(Line::ring));
    }
}
