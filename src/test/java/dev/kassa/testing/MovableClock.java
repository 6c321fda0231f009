package dev.kassa.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The present, a moment at which it stands still or ticks, plus what a test has moved it by. */
public final class MovableClock implements InstantSource {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource base;

    private MovableClock(InstantSource base) {
        this.base = base;
    }

    public static MovableClock running() {
        return new MovableClock(InstantSource.system());
    }

    public static MovableClock stopped() {
        return new MovableClock(InstantSource.fixed(InstantSource.system().instant()));
    }

    /** One that goes on by a millisecond whenever somebody looks: no two see the same moment. */
    public static MovableClock ticking() {
        Instant begin = InstantSource.system().instant();
        AtomicLong looks = new AtomicLong();
        return new MovableClock(() -> begin.plusMillis(looks.incrementAndGet()));
    }

    public void advance(Duration by) {
        ahead.accumulateAndGet(by, Duration::plus);
    }

    @Override
    public Instant instant() {
        return base.instant().plus(ahead.get());
    }
}
