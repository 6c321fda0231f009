package dev.kassa.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Has many threads do something at the same moment, however many cores there are. */
public final class AtOnce {
    private AtOnce() {}

    /** What came of each, once all have ended; {@code work} is given its number from 0 on. */
    public static <R> List<R> run(int threads, IntFunction<R> work) throws Exception {
        return run(numbered(threads, work));
    }

    /** What came of each, in their order, once all have ended. */
    public static <R> List<R> run(List<Callable<R>> all) throws Exception {
        List<R> results = new ArrayList<>();
        for (Future<R> one : ended(all)) {
            results.add(one.get());
        }
        return results;
    }

    /** All of these, once they have ended. */
    public static void run(Runnable... all) throws Exception {
        var _ = run(Stream.of(all).map(Executors::callable).toList());
    }

    /** All of them, ended: where some are to fail. */
    public static <R> List<Future<R>> ended(int threads, IntFunction<R> work) {
        return ended(numbered(threads, work));
    }

    private static <R> List<Callable<R>> numbered(int threads, IntFunction<R> work) {
        return IntStream.range(0, threads).<Callable<R>>mapToObj(i -> () -> work.apply(i)).toList();
    }

    private static <R> List<Future<R>> ended(List<Callable<R>> all) {
        CyclicBarrier barrier = new CyclicBarrier(all.size());
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            return all.stream()
                    .map(one ->
                            executor.submit(() -> {
                                var _ = barrier.await();
                                return one.call();
                            }))
                    .toList();
        }
    }
}
