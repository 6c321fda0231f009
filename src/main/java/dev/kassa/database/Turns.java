package dev.kassa.database;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Shares the processors among merchants, as {@link FairPool} shares connections: while several
 * merchants have requests here, only {@link #share} of each are worked on at a time, in the order
 * of their coming, and a merchant that sends more waits for itself. One that is alone has all.
 *
 * <p>A request that waits for something else, a row or a provider, has no turn meanwhile ({@link
 * #aside}).
 */
@Component
public final class Turns {
    /** A merchant that sent nothing for so long is no longer in anybody's way. */
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private static final Duration SWEEP = Duration.ofMillis(100);
    private static final ThreadLocal<@Nullable Turn> CURRENT = new ThreadLocal<>();
    private static final Demand.Scope NOTHING = () -> {};

    private final int share;
    private final Map<MerchantId, Line> lines = new HashMap<>();
    private long sweptNanos = System.nanoTime();

    /** Made by Spring. */
    public Turns() {
        this(Limits.REQUESTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
    }

    Turns(int share) {
        this.share = share;
    }

    /** The requests of one merchant; guarded by the lock of {@code this}. */
    private static final class Line {
        final Deque<Semaphore> waiting = new ArrayDeque<>();
        int running;
        long usedNanos;
    }

    /** Gives the current thread a turn that has not begun, to be closed in the same thread. */
    public Turn open() {
        Turn turn = new Turn();
        CURRENT.set(turn);
        return turn;
    }

    /** The current thread waits for something else until the answer is closed. */
    public static Demand.Scope aside() {
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

    /** How many requests of a merchant wait for their turn. */
    synchronized int waiting(MerchantId merchant) {
        Line line = lines.get(merchant);
        return line == null ? 0 : line.waiting.size();
    }

    private boolean isFree(Line line) {
        return lines.size() == 1 || line.running < share;
    }

    /** Answers what to wait for; null for a turn at once. */
    private synchronized @Nullable Semaphore enter(MerchantId merchant) {
        long now = System.nanoTime();
        sweep(now);
        Line line = lines.computeIfAbsent(merchant, id -> new Line());
        line.usedNanos = now;
        if (line.waiting.isEmpty() && isFree(line)) {
            line.running++;
            return null;
        }
        Semaphore called = new Semaphore(0);
        line.waiting.add(called);
        return called;
    }

    private synchronized void resume(MerchantId merchant) {
        Line line = lines.computeIfAbsent(merchant, id -> new Line());
        line.running++;
    }

    private synchronized void leave(MerchantId merchant) {
        long now = System.nanoTime();
        Line line = lines.get(merchant);
        if (line != null) {
            line.usedNanos = now;
            line.running--;
            sweep(now);
            while (!line.waiting.isEmpty() && isFree(line)) {
                line.running++;
                line.waiting.remove().release();
            }
        }
    }

    /** Answers false if it was called in the meantime, and has its turn. */
    private synchronized boolean giveUp(MerchantId merchant, Semaphore called) {
        Line line = lines.get(merchant);
        return line != null && line.waiting.remove(called);
    }

    private void sweep(long now) {
        if (now - sweptNanos > SWEEP.toNanos()) {
            sweptNanos = now;
            lines.values()
                    .removeIf(line ->
                            line.running == 0
                                    && line.waiting.isEmpty()
                                    && now - line.usedNanos > REMEMBERED.toNanos());
        }
    }

    /** The turn of one request. */
    public final class Turn implements AutoCloseable {
        private @Nullable MerchantId merchant;

        private void enter(MerchantId of) {
            Semaphore called = Turns.this.enter(of);
            if (called == null || isCalled(called) || !giveUp(of, called)) {
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
                return called.tryAcquire(Demand.current().left().toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private Demand.Scope pause() {
            MerchantId of = merchant;
            if (of == null) {
                return NOTHING;
            }
            leave(of);
            merchant = null;
            return () -> {
                // Not made to wait again: whoever holds a row must come to an end with it.
                resume(of);
                merchant = of;
            };
        }

        @Override
        public void close() {
            CURRENT.remove();
            if (merchant != null) {
                leave(merchant);
                merchant = null;
            }
        }
    }
}
