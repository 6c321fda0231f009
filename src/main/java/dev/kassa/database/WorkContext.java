package dev.kassa.database;

import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * For whom the current thread uses the database, and until when. It decides which share of the pool
 * the thread draws on; see {@link FairPool}.
 *
 * @param use what kind of work it is
 * @param merchant whose work it is; null for that of several or of none
 * @param deadlineNanos by {@link System#nanoTime}: nobody waits for the answer any longer
 */
public record WorkContext(Use use, @Nullable MerchantId merchant, long deadlineNanos) {
    /** Each kind has its share of the pool. */
    public enum Use {
        /** Changes nothing, and so never queues behind what does. */
        READ,
        WRITE,
        /** A worker's: nobody waits for it. */
        BACKGROUND
    }

    private static final Duration FOREVER = Duration.ofDays(365);

    private static final ThreadLocal<@Nullable WorkContext> CURRENT = new ThreadLocal<>();

    /** Of work that may take until {@code patience} has passed. */
    public static WorkContext of(Use use, @Nullable MerchantId merchant, Duration patience) {
        return new WorkContext(use, merchant, System.nanoTime() + patience.toNanos());
    }

    /** That of the current thread; a thread that has said nothing works in the background. */
    public static WorkContext current() {
        WorkContext current = CURRENT.get();
        return current == null ? of(Use.BACKGROUND, null, FOREVER) : current;
    }

    /** How long somebody still waits; negative once nobody does. */
    public Duration left() {
        return Duration.ofNanos(deadlineNanos - System.nanoTime());
    }

    /** The work of the current thread is now known to be this merchant's. */
    public static void narrow(MerchantId merchant) {
        WorkContext current = current();
        CURRENT.set(new WorkContext(current.use, merchant, current.deadlineNanos));
    }

    /** The current thread did something else for so long: it waited for what its client sends. */
    public static void postpone(Duration elsewhere) {
        WorkContext current = CURRENT.get();
        if (current != null) {
            CURRENT.set(
                    new WorkContext(
                            current.use,
                            current.merchant,
                            current.deadlineNanos + elsewhere.toNanos()));
        }
    }

    /** Runs {@code work} under this demand, and afterwards restores the thread's own. */
    public <T> T call(Supplier<T> work) {
        WorkContext before = CURRENT.get();
        CURRENT.set(this);
        try {
            return work.get();
        } finally {
            restore(before);
        }
    }

    /** Makes this the demand of the current thread until the answer is closed. */
    public Scope open() {
        WorkContext before = CURRENT.get();
        CURRENT.set(this);
        return () -> restore(before);
    }

    private static void restore(@Nullable WorkContext before) {
        if (before == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(before);
        }
    }

    /** Ends a demand; closing throws nothing. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
