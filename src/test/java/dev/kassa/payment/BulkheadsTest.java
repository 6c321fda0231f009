package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BulkheadsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Bulkheads bulkheads = new Bulkheads();

    /** An adapter that forgot to set a time-out gives its place up all the same. */
    @Test
    void aCheckThatNeverEndsIsInterruptedWhenItsTimeIsUp() throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        UUID id = UUID.randomUUID();
        bulkheads.start(
                "attempt",
                "slow",
                id,
                () -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                    }
                });
        begun.await();
        assertThat(bulkheads.busy("attempt")).containsEntry("slow", 1);
        assertThat(bulkheads.ids("attempt")).containsExactly(id);
        assertThat(bulkheads.busy("refund")).isEmpty();

        bulkheads.interruptOverdue();
        assertThat(bulkheads.await(Duration.ZERO)).as("its time is not up").isFalse();
        bulkheads.interruptOlderThan(Duration.ZERO);
        assertThat(bulkheads.await(PATIENCE)).isTrue();
        assertThat(interrupted).isTrue();
        assertThat(bulkheads.busy("attempt")).isEmpty();
    }

    /** A check that throws leaves its place too. */
    @Test
    void aCheckThatThrowsGivesItsPlaceUp() throws Exception {
        bulkheads.start(
                "attempt",
                "broken",
                UUID.randomUUID(),
                () -> {
                    throw new IllegalStateException("broken");
                });
        assertThat(bulkheads.await(PATIENCE)).isTrue();
        assertThat(bulkheads.busy("attempt")).isEmpty();
    }

    /** A full bulkhead asks for the next claim once half of it is free, and not at every check. */
    @Test
    void roomIsToldOnceOfAFullBulkhead() throws Exception {
        CountDownLatch told = new CountDownLatch(2);
        bulkheads.whenThereIsRoom(told::countDown);
        CountDownLatch answer = new CountDownLatch(1);
        for (int i = 0; i < Bulkheads.CHECKS; i++) {
            bulkheads.start(
                    "attempt",
                    "slow",
                    UUID.randomUUID(),
                    () -> {
                        try {
                            answer.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }
        answer.countDown();
        assertThat(bulkheads.await(PATIENCE)).isTrue();
        assertThat(told.getCount()).isLessThanOrEqualTo(1);
    }
}
