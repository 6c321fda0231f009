package dev.kassa.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Has many threads do something at the same moment, however many cores there are. */
public final class AtOnce {
    private AtOnce() {}

    /** What came of each, once all have ended; {@code work} is given its number from 0 on. */
    public static <R> List<R> run(int threads, IntFunction<R> work) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<Future<R>> all = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < threads; i++) {
                int number = i;
                all.add(
                        executor.submit(() -> {
                            var _ = barrier.await();
                            return work.apply(number);
                        }));
            }
        }
        List<R> results = new ArrayList<>();
        for (Future<R> one : all) {
            results.add(one.get());
        }
        return results;
    }
}
