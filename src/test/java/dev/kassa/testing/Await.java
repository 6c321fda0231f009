package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Looks again and again until something that happens by itself has happened. */
public final class Await {
    private static final Duration BETWEEN = Duration.ofMillis(5);

    private Await() {}

    /** Waits until this holds, and fails when it takes longer than {@code atMost}. */
    public static void until(Duration atMost, BooleanSupplier condition) {
        until("it", atMost, condition);
    }

    /** The same; {@code what} is named in the failure. */
    public static void until(String what, Duration atMost, BooleanSupplier condition) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("%s holds within %s", what, atMost)
                    .isLessThan(deadline);
            pause(BETWEEN);
        }
    }

    /** For what a fake does slowly on purpose: a test waits for a condition instead. */
    public static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }
}
