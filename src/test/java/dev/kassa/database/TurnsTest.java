package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final MerchantId MANY = new MerchantId("DM1");
    private static final MerchantId FEW = new MerchantId("DM2");
    private static final int SHARE = 3;

    private final Turns turns = new Turns(SHARE);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();

    @AfterEach
    void stop() {
        end.countDown();
        threads.close();
    }

    private Future<?> request(MerchantId merchant, CountDownLatch until) {
        return request(Demand.Use.WRITE, merchant, until);
    }

    private Future<?> request(Demand.Use use, MerchantId merchant, CountDownLatch until) {
        return threads.submit(() -> {
            try (var _ = Demand.of(use, merchant, Duration.ofSeconds(20)).open();
                    var _ = turns.open()) {
                Turns.begin(merchant);
                running.incrementAndGet();
                var _ = until.await(20, TimeUnit.SECONDS);
                running.decrementAndGet();
            }
            return null;
        });
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void oneThatIsAloneHasAll() {
        for (int i = 0; i < 50; i++) {
            var _ = request(MANY, end);
        }
        await(() -> running.get() == 50);
    }

    @Test
    void besideOthersAMerchantHasItsShareAndWaitsForItself() throws Exception {
        CountDownLatch one = new CountDownLatch(1);
        var _ = request(FEW, end);
        await(() -> running.get() == 1);
        List<Future<?>> first = new ArrayList<>();
        for (int i = 0; i < SHARE; i++) {
            first.add(request(MANY, one));
        }
        await(() -> running.get() == 1 + SHARE);
        for (int i = 0; i < 50; i++) {
            var _ = request(MANY, end);
        }
        await(() -> turns.waiting() == 50);
        request(FEW, new CountDownLatch(0)).get(10, TimeUnit.SECONDS);
        assertThat(turns.waiting()).as("the others are not held up by it").isEqualTo(50);
        one.countDown();
        for (Future<?> ended : first) {
            ended.get(10, TimeUnit.SECONDS);
        }
        await(() -> running.get() == 1 + SHARE);
        assertThat(turns.waiting()).isEqualTo(50 - SHARE);
    }

    @Test
    void readsDoNotWaitForWritesOfTheirMerchant() throws Exception {
        var _ = request(FEW, end);
        for (int i = 0; i < SHARE + 1; i++) {
            var _ = request(MANY, end);
        }
        await(() -> turns.waiting() == 1);
        request(Demand.Use.READ, MANY, new CountDownLatch(0)).get(10, TimeUnit.SECONDS);
        for (int i = 0; i < SHARE + 1; i++) {
            var _ = request(Demand.Use.READ, MANY, end);
        }
        await(() -> turns.waiting() == 2);
    }

    @Test
    void whoWaitsForSomethingElseTakesUpNoTurn() {
        var _ = request(FEW, end);
        for (int i = 0; i < 2 * SHARE; i++) {
            var _ =
                    threads.submit(() -> {
                        try (var _ = turns.open()) {
                            Turns.begin(MANY);
                            try (var _ = Turns.aside()) {
                                running.incrementAndGet();
                                return end.await(20, TimeUnit.SECONDS);
                            }
                        }
                    });
        }
        await(() -> running.get() == 1 + 2 * SHARE);
        assertThat(turns.waiting()).isZero();
    }

    @Test
    void whoIsNotCalledInTimeIsRefusedAndForgotten() {
        var _ = request(FEW, end);
        for (int i = 0; i < SHARE; i++) {
            var _ = request(MANY, end);
        }
        await(() -> running.get() == 1 + SHARE);
        try (var _ = Demand.of(Demand.Use.WRITE, MANY, Duration.ofMillis(20)).open();
                var _ = turns.open()) {
            assertThatThrownBy(() -> Turns.begin(MANY)).isInstanceOf(Problem.class);
        }
        assertThat(turns.waiting()).isZero();
        end.countDown();
        await(() -> running.get() == 0);
    }
}
