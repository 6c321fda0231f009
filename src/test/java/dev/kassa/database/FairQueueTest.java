package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.testing.Await;
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

class FairQueueTest {
    private static final MerchantId MANY = new MerchantId("DM1");
    private static final MerchantId FEW = new MerchantId("DM2");
    private static final int SHARE = 3;

    private final FairQueue fairQueue = new FairQueue(SHARE);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();

    @AfterEach
    void stop() {
        end.countDown();
        threads.close();
    }

    private Future<?> request(MerchantId merchant, CountDownLatch until) {
        return request(WorkContext.Use.WRITE, merchant, until);
    }

    private Future<?> request(WorkContext.Use use, MerchantId merchant, CountDownLatch until) {
        return threads.submit(() -> {
            try (var _ = WorkContext.of(use, merchant, Duration.ofSeconds(20)).open();
                    var _ = fairQueue.open()) {
                FairQueue.begin(merchant);
                running.incrementAndGet();
                var _ = until.await(20, TimeUnit.SECONDS);
                running.decrementAndGet();
            }
            return null;
        });
    }

    private static void await(BooleanSupplier condition) {
        Await.until(Duration.ofSeconds(10), condition);
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
        await(() -> fairQueue.waiting() == 50);
        request(FEW, new CountDownLatch(0)).get(10, TimeUnit.SECONDS);
        assertThat(fairQueue.waiting()).as("the others are not held up by it").isEqualTo(50);
        one.countDown();
        for (Future<?> ended : first) {
            ended.get(10, TimeUnit.SECONDS);
        }
        await(() -> running.get() == 1 + SHARE);
        assertThat(fairQueue.waiting()).isEqualTo(50 - SHARE);
    }

    @Test
    void readsDoNotWaitForWritesOfTheirMerchant() throws Exception {
        var _ = request(FEW, end);
        for (int i = 0; i < SHARE + 1; i++) {
            var _ = request(MANY, end);
        }
        await(() -> fairQueue.waiting() == 1);
        request(WorkContext.Use.READ, MANY, new CountDownLatch(0)).get(10, TimeUnit.SECONDS);
        for (int i = 0; i < SHARE + 1; i++) {
            var _ = request(WorkContext.Use.READ, MANY, end);
        }
        await(() -> fairQueue.waiting() == 2);
    }

    @Test
    void whoWaitsForSomethingElseTakesUpNoTurn() {
        var _ = request(FEW, end);
        for (int i = 0; i < 2 * SHARE; i++) {
            var _ =
                    threads.submit(() -> {
                        try (var _ = fairQueue.open()) {
                            FairQueue.begin(MANY);
                            try (var _ = FairQueue.aside()) {
                                running.incrementAndGet();
                                return end.await(20, TimeUnit.SECONDS);
                            }
                        }
                    });
        }
        await(() -> running.get() == 1 + 2 * SHARE);
        assertThat(fairQueue.waiting()).isZero();
    }

    @Test
    void whoIsNotCalledInTimeIsRefusedAndForgotten() {
        var _ = request(FEW, end);
        for (int i = 0; i < SHARE; i++) {
            var _ = request(MANY, end);
        }
        await(() -> running.get() == 1 + SHARE);
        try (var _ = WorkContext.of(WorkContext.Use.WRITE, MANY, Duration.ofMillis(20)).open();
                var _ = fairQueue.open()) {
            assertThatThrownBy(() -> FairQueue.begin(MANY)).isInstanceOf(Problem.class);
        }
        assertThat(fairQueue.waiting()).isZero();
        end.countDown();
        await(() -> running.get() == 0);
    }
}
