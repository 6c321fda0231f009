package dev.kassa.database;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs what waits together as one statement: one round trip and one commit for all. Nothing is
 * waited for: work that comes alone runs alone at once, and what comes while statements are under
 * way makes up the next one.
 *
 * <p>One piece does not fail its neighbours. When the database refuses the statement for what is in
 * it, nothing of it was written, and each piece is left to run by itself.
 *
 * @param <T> a piece of work: a row to write, or to read
 * @param <K> what tells one piece from another
 * @param <R> what comes of it
 */
public final class Gathering<T, K, R> {
    /** Pieces of one statement at the most. */
    private static final int MOST = 64;

    /**
     * Statements under way at once. With two, statements were smaller and less was done a second,
     * but for creates of 64 clients (docs/performance.md).
     */
    private static final int STATEMENTS = 1;

    private final boolean shared;
    private final Function<T, K> key;
    private final Function<List<T>, Map<K, R>> statement;
    private final Queue<Waiting<T, R>> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore slots = new Semaphore(STATEMENTS);

    private Gathering(boolean shared, Function<T, K> key, Function<List<T>, Map<K, R>> statement) {
        this.shared = shared;
        this.key = key;
        this.statement = statement;
    }

    /**
     * Of reads; those with the same key have one result.
     *
     * @param statement reads many, and answers those that there are
     */
    public static <T, K, R> Gathering<T, K, R> ofReads(
            Function<T, K> key, Function<List<T>, Map<K, R>> statement) {
        return new Gathering<>(true, key, statement);
    }

    /**
     * Of writes. One statement gets one piece of a key at the most; the others are not done.
     *
     * @param statement runs many in one transaction of its own, begun when it is called, and
     *     answers what came of each; it leaves out those that it did not do. It must not wait for a
     *     lock on a row, since everyone would wait with it.
     */
    public static <T, K, R> Gathering<T, K, R> ofWrites(
            Function<T, K> key, Function<List<T>, Map<K, R>> statement) {
        return new Gathering<>(false, key, statement);
    }

    private record Waiting<T, R>(T piece, CompletableFuture<Optional<R>> result) {}

    /**
     * Runs it, perhaps with others; it sees what was committed before this call. Empty when it was
     * not done; it is then to be tried by itself. Inside a transaction nothing is done, since it
     * would not be part of it.
     */
    public Optional<R> run(T piece) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            return Optional.empty();
        }
        Waiting<T, R> mine = new Waiting<>(piece, new CompletableFuture<>());
        waiting.add(mine);
        if (slots.tryAcquire()) {
            var _ = Thread.ofVirtual().name("gathering").start(this::work);
        }
        try {
            return mine.result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void work() {
        do {
            try {
                for (List<Waiting<T, R>> next = next(); !next.isEmpty(); next = next()) {
                    together(next);
                }
            } finally {
                slots.release();
            }
            // Who came between the last look and the release found no slot.
        } while (!waiting.isEmpty() && slots.tryAcquire());
    }

    private List<Waiting<T, R>> next() {
        List<Waiting<T, R>> next = new ArrayList<>();
        Set<K> keys = new HashSet<>();
        while (next.size() < MOST) {
            Waiting<T, R> one = waiting.poll();
            if (one == null) {
                break;
            }
            if (shared || keys.add(key.apply(one.piece))) {
                next.add(one);
            } else {
                var _ = one.result.complete(Optional.empty());
            }
        }
        return next;
    }

    private void together(List<Waiting<T, R>> batch) {
        try {
            Map<K, R> done = statement.apply(batch.stream().map(Waiting::piece).toList());
            for (Waiting<T, R> one : batch) {
                var _ = one.result.complete(Optional.ofNullable(done.get(key.apply(one.piece))));
            }
        } catch (DataIntegrityViolationException e) {
            batch.forEach(one -> one.result.complete(Optional.empty()));
        } catch (RuntimeException | Error e) {
            batch.forEach(one -> one.result.completeExceptionally(e));
        }
    }
}
