package dev.kassa.kernel;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The only way to wait for nothing but time to pass: between two tries at something that is away,
 * or so that more work comes together. Whoever waits for something to happen waits for that.
 */
public final class Pause {
    private Pause() {}

    /** Waits for so long, or until the thread is interrupted, which it then still is. */
    public static void of(Duration time) {
        untilNanos(System.nanoTime() + time.toNanos());
    }

    /** Waits until then, by {@link System#nanoTime}; not at all when that is over. */
    public static void untilNanos(long end) {
        for (long left = end - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
