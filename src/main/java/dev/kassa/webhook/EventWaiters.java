package dev.kassa.webhook;

import dev.kassa.event.EventReader;
import dev.kassa.event.EventReader.Cursor;
import dev.kassa.event.EventType;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Pause;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Requests that wait for events. A merchant's event rings that merchant's requests alone, as soon
 * as it can be read, and not more often than every {@link #GAP}. One statement a second for all
 * merchants together finds what nobody hinted at.
 */
@Component
final class EventWaiters implements Worker {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration GAP = Duration.ofMillis(100);

    /** Merchants of one statement. */
    private static final int PORTION = 1000;

    /** How long a request waits for a place of one whose client has gone. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Function<Collection<MerchantId>, Map<MerchantId, Cursor>> heads;

    /** Changed under this object's lock. */
    private final Map<MerchantId, List<Waiter>> waiting = new ConcurrentHashMap<>();

    /** Where each waiting merchant's log ended when its requests were last rung. */
    private final Map<MerchantId, Cursor> rungAt = new HashMap<>();

    private final Set<MerchantId> hinted = ConcurrentHashMap.newKeySet();
    private volatile Runnable wake = () -> {};
    private volatile boolean closed;
    private long polledAtNanos = System.nanoTime() - POLL.toNanos();
    private long askedAtNanos = System.nanoTime() - GAP.toNanos();

    @Autowired
    EventWaiters(EventReader events, EventHints hints) {
        this(events::headsOfAnyMerchant);
        hints.follow(this::happened);
    }

    EventWaiters(Function<Collection<MerchantId>, Map<MerchantId, Cursor>> heads) {
        this.heads = heads;
    }

    /** One request that waits; its place is free when it is closed. */
    final class Waiter implements AutoCloseable {
        private final MerchantId merchant;
        private final BooleanSupplier connected;
        private final long deadlineNanos;
        private final Semaphore rings = new Semaphore(0);
        private volatile boolean news;

        private Waiter(MerchantId merchant, Duration patience, BooleanSupplier connected) {
            this.merchant = merchant;
            this.connected = connected;
            this.deadlineNanos = System.nanoTime() + patience.toNanos();
        }

        /**
         * Waits until there is something to read; false when the time is up, the client has gone or
         * the server stops.
         */
        boolean await() throws InterruptedException {
            while (!closed) {
                long left = Math.max(0, deadlineNanos - System.nanoTime());
                if (!rings.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                    return false;
                }
                var _ = rings.drainPermits();
                if (!connected.getAsBoolean()) {
                    return false;
                }
                if (news) {
                    news = false;
                    return true;
                }
            }
            return false;
        }

        private void ring() {
            news = true;
            look();
        }

        /** Is to look whether its client is still there. */
        private void look() {
            rings.release();
        }

        @Override
        public void close() {
            leave(this);
        }
    }

    /**
     * Takes a place, for up to {@code patience}, if one is free. What happens from now on rings it;
     * what happened before is to be read once.
     *
     * @param connected whether the client is still there; called on the thread that waits
     */
    Optional<Waiter> enter(MerchantId merchant, Duration patience, BooleanSupplier connected)
            throws InterruptedException {
        Waiter waiter = new Waiter(merchant, patience, connected);
        return admitted(waiter, Duration.ZERO) ? Optional.of(waiter) : Optional.empty();
    }

    /**
     * The same, when none seemed free: those who have one look whether their clients are there.
     *
     * @throws Problem TOO_MANY when {@link Limits#EVENTS_WAITING} requests of this merchant wait
     *     whose clients are there
     */
    Waiter enterOrRefuse(MerchantId merchant, Duration patience, BooleanSupplier connected)
            throws InterruptedException {
        Waiter waiter = new Waiter(merchant, patience, connected);
        List<Waiter> before = waiting.getOrDefault(merchant, List.of());
        before.forEach(Waiter::look);
        if (!admitted(waiter, LOOK)) {
            throw Problem.tooMany(
                    "Too many requests of this merchant are waiting for events.",
                    untilOneIsOver(before));
        }
        return waiter;
    }

    private static Duration untilOneIsOver(List<Waiter> waiters) {
        long now = System.nanoTime();
        long first = waiters.stream().mapToLong(one -> one.deadlineNanos - now).min().orElse(0);
        // In whole seconds, and none too early.
        return Duration.ofSeconds(Math.max(1, TimeUnit.NANOSECONDS.toSeconds(first) + 1));
    }

    private synchronized boolean admitted(Waiter waiter, Duration patience)
            throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (isFull(waiter.merchant)) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        waiting.computeIfAbsent(waiter.merchant, id -> new CopyOnWriteArrayList<>()).add(waiter);
        return true;
    }

    private boolean isFull(MerchantId merchant) {
        return waiting.getOrDefault(merchant, List.of()).size() >= Limits.EVENTS_WAITING;
    }

    private synchronized void leave(Waiter waiter) {
        waiting.computeIfPresent(
                waiter.merchant,
                (merchant, waiters) -> {
                    waiters.remove(waiter);
                    return waiters.isEmpty() ? null : waiters;
                });
        notifyAll();
    }

    /** A merchant that waits for nothing costs a look-up. */
    void happened(MerchantId merchant, Set<EventType> types) {
        if (waiting.containsKey(merchant) && hinted.add(merchant)) {
            wake.run();
        }
    }

    @Override
    public String name() {
        return "event-waiters";
    }

    @Override
    public Duration interval() {
        return POLL;
    }

    @Override
    public void started(Runnable wake) {
        this.wake = wake;
    }

    /**
     * Rings those whose merchant's log has grown: of the merchants that were hinted at, and once a
     * second of all that wait.
     */
    @Override
    public void runOnce() {
        Pause.untilNanos(askedAtNanos + GAP.toNanos());
        askedAtNanos = System.nanoTime();
        boolean all = askedAtNanos - polledAtNanos >= POLL.toNanos();
        Set<MerchantId> asked = new HashSet<>();
        hinted.removeIf(asked::add);
        asked.retainAll(waiting.keySet());
        if (all) {
            polledAtNanos = askedAtNanos;
            asked = new HashSet<>(waiting.keySet());
            rungAt.keySet().retainAll(asked);
        }
        List<MerchantId> merchants = List.copyOf(asked);
        for (int from = 0; from < merchants.size(); from += PORTION) {
            ask(merchants.subList(from, Math.min(merchants.size(), from + PORTION)), all);
        }
    }

    private void ask(Collection<MerchantId> merchants, boolean all) {
        Map<MerchantId, Cursor> ends = heads.apply(merchants);
        Collection<MerchantId> early = new ArrayList<>();
        for (MerchantId merchant : merchants) {
            Cursor end = ends.getOrDefault(merchant, Cursor.START);
            if (!end.equals(rungAt.put(merchant, end))) {
                waiting.getOrDefault(merchant, List.of()).forEach(Waiter::ring);
            } else if (!all) {
                early.add(merchant);
            }
        }
        // Written, but not to be read while an older transaction is under way.
        if (!early.isEmpty()) {
            hinted.addAll(early);
            wake.run();
        }
    }

    /** Before the web server waits for requests in flight. */
    @EventListener(ContextClosedEvent.class)
    void stop() {
        closed = true;
        waiting.values().forEach(waiters -> waiters.forEach(Waiter::ring));
    }
}
