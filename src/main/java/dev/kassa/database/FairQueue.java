package dev.kassa.database;

import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Shares the processors among merchants, as {@link FairPool} shares connections: while several
 * merchants have requests here, only {@link #share} reads and as many writes of each are worked on
 * at a time, in the order of their coming, and a merchant that sends more waits for itself. One
 * that is alone has all.
 *
 * <p>A request that waits for something else, a row or a provider, has no turn meanwhile ({@link
 * #aside}).
 */
@Component
public final class FairQueue {
    /** A merchant that sent nothing for so long is no longer in anybody's way. */
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private static final Duration SWEEP = Duration.ofMillis(100);
    private static final ThreadLocal<@Nullable Turn> CURRENT = new ThreadLocal<>();
    private static final WorkContext.Scope NOTHING = () -> {};

    private final int share;
    private final Map<MerchantId, Lanes> merchants = new HashMap<>();
    private long sweptNanos = System.nanoTime();

    /** Made by Spring. */
    @Autowired
    public FairQueue(DatabaseSettings settings, MeterRegistry meters) {
        this(share(settings));
        var _ =
                Gauge.builder("kassa.requests.waiting", this, FairQueue::waiting)
                        .description(
                                "Requests that wait because others of their merchant are worked on")
                        .register(meters);
    }

    FairQueue(int share) {
        this.share = share;
    }

    /**
     * One for each processor. More with a pool that was made larger, as it is for a database far
     * away: requests that wait for its answers leave the processors free.
     */
    static int share(DatabaseSettings settings) {
        return Math.max(Runtime.getRuntime().availableProcessors(), settings.connections() / 8);
    }

    /** The requests of one merchant that are of one kind; guarded by the lock of {@code this}. */
    private static final class Lane {
        final Deque<Semaphore> waiting = new ArrayDeque<>();
        int running;

        boolean isEmpty() {
            return running == 0 && waiting.isEmpty();
        }
    }

    /** The requests of one merchant; guarded by the lock of {@code this}. */
    private static final class Lanes {
        final Lane reads = new Lane();
        final Lane others = new Lane();
        long usedNanos;

        Lane of(WorkContext.Use use) {
            return use == WorkContext.Use.READ ? reads : others;
        }

        int waiting() {
            return reads.waiting.size() + others.waiting.size();
        }
    }

    /** Gives the current thread a turn that has not begun, to be closed in the same thread. */
    public Turn open() {
        Turn turn = new Turn();
        CURRENT.set(turn);
        return turn;
    }

    /** The current thread waits for something else until the answer is closed. */
    public static WorkContext.Scope aside() {
        Turn turn = CURRENT.get();
        return turn == null ? NOTHING : turn.pause();
    }

    /**
     * Begins the turn of the current thread, unless it has begun or there is none.
     *
     * @throws Problem UNAVAILABLE when it does not come in time
     */
    public static void begin(MerchantId merchant) {
        Turn turn = CURRENT.get();
        if (turn != null && turn.merchant == null) {
            turn.enter(merchant);
        }
    }

    /** How many requests wait for their turn. */
    synchronized int waiting() {
        return merchants.values().stream().mapToInt(Lanes::waiting).sum();
    }

    private boolean isFree(Lane lane) {
        return merchants.size() == 1 || lane.running < share;
    }

    private Lanes lanes(MerchantId merchant) {
        return merchants.computeIfAbsent(merchant, id -> new Lanes());
    }

    /** Answers what to wait for; null for a turn at once. */
    private synchronized @Nullable Semaphore enter(MerchantId merchant, WorkContext.Use use) {
        long now = System.nanoTime();
        sweep(now);
        Lanes lanes = lanes(merchant);
        lanes.usedNanos = now;
        Lane lane = lanes.of(use);
        if (lane.waiting.isEmpty() && isFree(lane)) {
            lane.running++;
            return null;
        }
        Semaphore called = new Semaphore(0);
        lane.waiting.add(called);
        return called;
    }

    private synchronized void resume(MerchantId merchant, WorkContext.Use use) {
        lanes(merchant).of(use).running++;
    }

    private synchronized void leave(MerchantId merchant, WorkContext.Use use) {
        long now = System.nanoTime();
        Lanes lanes = lanes(merchant);
        lanes.usedNanos = now;
        Lane lane = lanes.of(use);
        lane.running--;
        sweep(now);
        while (!lane.waiting.isEmpty() && isFree(lane)) {
            lane.running++;
            lane.waiting.remove().release();
        }
    }

    /** Answers false if it was called in the meantime, and has its turn. */
    private synchronized boolean giveUp(
            MerchantId merchant, WorkContext.Use use, Semaphore called) {
        return lanes(merchant).of(use).waiting.remove(called);
    }

    private void sweep(long now) {
        if (now - sweptNanos > SWEEP.toNanos()) {
            sweptNanos = now;
            merchants
                    .values()
                    .removeIf(lanes ->
                            lanes.reads.isEmpty()
                                    && lanes.others.isEmpty()
                                    && now - lanes.usedNanos > REMEMBERED.toNanos());
        }
    }

    /** The turn of one request. */
    public final class Turn implements AutoCloseable {
        private @Nullable MerchantId merchant;
        private WorkContext.Use use = WorkContext.Use.WRITE;

        private void enter(MerchantId of) {
            use = WorkContext.current().use();
            Semaphore called = FairQueue.this.enter(of, use);
            if (called == null || isCalled(called) || !giveUp(of, use, called)) {
                merchant = of;
                return;
            }
            throw Problem.overloaded(
                    "More of this merchant's requests are under way than are worked on at a time. Nothing"
                            + " was done; try again in a moment.",
                    REMEMBERED);
        }

        private static boolean isCalled(Semaphore called) {
            try {
                return called.tryAcquire(
                        WorkContext.current().left().toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private WorkContext.Scope pause() {
            MerchantId of = merchant;
            if (of == null) {
                return NOTHING;
            }
            leave(of, use);
            merchant = null;
            return () -> {
                // Not made to wait again: whoever holds a row must come to an end with it.
                resume(of, use);
                merchant = of;
            };
        }

        @Override
        public void close() {
            CURRENT.remove();
            if (merchant != null) {
                leave(merchant, use);
                merchant = null;
            }
        }
    }
}
