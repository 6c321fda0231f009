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
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it holds within %s", atMost).isLessThan(deadline);
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }
}
