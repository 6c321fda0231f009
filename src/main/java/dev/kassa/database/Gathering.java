package dev.kassa.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Runs writes that wait together as one statement: one commit for all of them. Nothing is waited
 * for: a write that comes alone runs alone at once, and what comes while statements are under way
 * makes up the next one.
 *
 * <p>One write does not fail its neighbours. When the database refuses the statement for what is in
 * it, nothing of it was written, and each of its writes is left to run by itself.
 *
 * @param <T> a write
 * @param <K> what tells one write from another
 * @param <R> what comes of it
 */
public final class Gathering<T, K, R> {
    /** Writes of one statement at the most. */
    private static final int MOST = 64;

    /** Statements under way at once: while one waits for the disk the next is worked on. */
    private static final int STATEMENTS = 2;

    private final Function<T, K> key;
    private final Function<List<T>, Map<K, R>> statement;
    private final Queue<Waiting<T, R>> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore slots = new Semaphore(STATEMENTS);

    /**
     * @param statement writes many in one transaction of its own and answers what came of each; it
     *     leaves out those that it did not write. It must not wait for a lock on a row, since
     *     everyone would wait with it.
     */
    public Gathering(Function<T, K> key, Function<List<T>, Map<K, R>> statement) {
        this.key = key;
        this.statement = statement;
    }

    private record Waiting<T, R>(T write, CompletableFuture<Optional<R>> result) {}

    /**
     * Writes it, perhaps with others. Empty when it was not written and is to be tried by itself.
     * Not for use inside a transaction, which it would not be part of.
     */
    public Optional<R> write(T write) {
        Waiting<T, R> mine = new Waiting<>(write, new CompletableFuture<>());
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
                    run(next);
                }
            } finally {
                slots.release();
            }
            // Who came between the last look and the release found no slot.
        } while (!waiting.isEmpty() && slots.tryAcquire());
    }

    private List<Waiting<T, R>> next() {
        List<Waiting<T, R>> next = new ArrayList<>();
        while (next.size() < MOST) {
            Waiting<T, R> one = waiting.poll();
            if (one == null) {
                break;
            }
            next.add(one);
        }
        return next;
    }

    private void run(List<Waiting<T, R>> together) {
        try {
            Map<K, R> written = statement.apply(together.stream().map(Waiting::write).toList());
            together.forEach(one ->
                    one.result.complete(Optional.ofNullable(written.get(key.apply(one.write)))));
        } catch (DataIntegrityViolationException e) {
            together.forEach(one -> one.result.complete(Optional.empty()));
        } catch (RuntimeException | Error e) {
            together.forEach(one -> one.result.completeExceptionally(e));
        }
    }
}
