package dev.kassa;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** The present, or a moment at which it stands still, plus what a test has moved it by. */
final class MovableClock implements InstantSource {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource base;

    private MovableClock(InstantSource base) {
        this.base = base;
    }

    static MovableClock running() {
        return new MovableClock(InstantSource.system());
    }

    static MovableClock stopped() {
        return new MovableClock(InstantSource.fixed(InstantSource.system().instant()));
    }

    void advance(Duration by) {
        ahead.accumulateAndGet(by, Duration::plus);
    }

    @Override
    public Instant instant() {
        return base.instant().plus(ahead.get());
    }
}
