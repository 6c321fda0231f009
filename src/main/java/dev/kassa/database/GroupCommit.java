package dev.kassa.database;

import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs what waits together as one statement: one round trip and one commit for all. Nothing is
 * waited for: work that comes alone runs alone at once, and what comes while a statement is under
 * way makes up the next one, in turns from each merchant.
 *
 * <p>One piece does not fail its neighbours. When the database refuses the statement for what is in
 * it, nothing of it was written, and each piece is left to run by itself. And one statement that
 * hangs does not hang the rest: whoever waits behind it for {@link #STALLED} has another one begun
 * beside it, on another connection.
 *
 * @param <T> a piece of work: a row to write, or to read
 * @param <K> what tells one piece from another
 * @param <R> what comes of it
 */
public final class GroupCommit<T, K, R> {
    /** Pieces of one statement at the most. */
    private static final int MOST = 64;

    /** Pieces that may wait: beyond that the database is too slow, and waiting would not help. */
    static final int WAITING = 2048;

    /** Pieces of one merchant that may wait. */
    static final int WAITING_OF_MERCHANT = 512;

    /** A statement that takes so long hangs, or waits for something that others need not. */
    static final Duration STALLED = Duration.ofMillis(500);

    /**
     * Statements under way at once while one has stalled. Without that it is one: with two,
     * statements were smaller and less was done a second, but for creates of 64 clients
     * (docs/performance.md).
     */
    private static final int MOST_STATEMENTS = 3;

    private final Work<T, K, R> work;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();

    /** By merchant, in the order of their turns. None of the queues is empty. */
    private final Map<MerchantId, Deque<Piece<T, R>>> waiting = new LinkedHashMap<>();

    private final Set<Statement> underWay = new LinkedHashSet<>();
    private int count;

    GroupCommit(Work<T, K, R> work, Duration patience) {
        this.work = work;
        this.patience = patience;
    }

    /**
     * What is done.
     *
     * @param name in metrics, {@code session_create}
     * @param use reads with the same key have one result. Of writes one statement gets one of a key
     *     at the most; the others are not done
     * @param merchant whose a piece is
     * @param key what tells one piece from another
     * @param statement runs many, in one transaction of its own that begins when it is called, and
     *     answers what came of each; it leaves out those that it did not do. It must not wait for a
     *     lock on a row, since everyone would wait with it
     */
    public record Work<T, K, R>(
            String name,
            WorkContext.Use use,
            Function<T, MerchantId> merchant,
            Function<T, K> key,
            Function<List<T>, Map<K, R>> statement) {}

    private record Piece<T, R>(T work, long sinceNanos, CompletableFuture<Optional<R>> result) {}

    /** A statement under way: since when, and how long the oldest of its pieces has waited. */
    private static final class Statement {
        long begunNanos = System.nanoTime();
        long oldestNanos = begunNanos;
    }

    /**
     * Runs it, perhaps with others; it sees what was committed before this call. Empty when it was
     * not done; it is then to be tried by itself. Inside a transaction nothing is done, since it
     * would not be part of it.
     *
     * @throws TransientDataAccessResourceException when too many wait, or its statement did not
     *     begin in time: nothing was done
     * @throws CommitInDoubtException when its statement began and did not end in time
     */
    public Optional<R> run(T piece) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            return Optional.empty();
        }
        Piece<T, R> mine = new Piece<>(piece, System.nanoTime(), new CompletableFuture<>());
        enqueue(mine);
        Duration left = WorkContext.current().left();
        long deadline =
                System.nanoTime() + (left.compareTo(patience) < 0 ? left : patience).toNanos();
        while (true) {
            try {
                long wait = Math.min(deadline - System.nanoTime(), STALLED.toNanos());
                return mine.result.get(Math.max(wait, 0), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (System.nanoTime() >= deadline) {
                    throw late(mine);
                }
                begin();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw late(mine);
            }
        }
    }

    private void enqueue(Piece<T, R> piece) {
        MerchantId merchant = work.merchant().apply(piece.work);
        lock.lock();
        try {
            Deque<Piece<T, R>> own = waiting.get(merchant);
            if (count >= WAITING || (own != null && own.size() >= WAITING_OF_MERCHANT)) {
                throw new TransientDataAccessResourceException(
                        work.name() + ": too many wait for the database");
            }
            waiting.computeIfAbsent(merchant, id -> new ArrayDeque<>()).add(piece);
            count++;
        } finally {
            lock.unlock();
        }
        begin();
    }

    /** Nobody waits for it any more. What has not begun never will; else its end is unknown. */
    private RuntimeException late(Piece<T, R> piece) {
        MerchantId merchant = work.merchant().apply(piece.work);
        lock.lock();
        try {
            Deque<Piece<T, R>> own = waiting.get(merchant);
            if (own != null && own.remove(piece)) {
                count--;
                if (own.isEmpty()) {
                    waiting.remove(merchant);
                }
                return new TransientDataAccessResourceException(
                        work.name() + ": the database is too slow; it was not begun");
            }
        } finally {
            lock.unlock();
        }
        return work.use() == WorkContext.Use.READ
                ? new TransientDataAccessResourceException(work.name() + ": no answer in time")
                : new CommitInDoubtException(work.name() + ": no answer in time");
    }

    /** Has a statement begun if something waits and none is under way, or those that are hang. */
    private void begin() {
        Statement next = new Statement();
        lock.lock();
        try {
            boolean hang =
                    underWay.stream()
                            .allMatch(other ->
                                    next.begunNanos - other.begunNanos >= STALLED.toNanos());
            if (waiting.isEmpty() || !hang || underWay.size() >= MOST_STATEMENTS) {
                return;
            }
            underWay.add(next);
        } finally {
            lock.unlock();
        }
        var _ = Thread.ofVirtual().name(work.name()).start(() -> work(next));
    }

    private void work(Statement statement) {
        for (List<Piece<T, R>> batch = next(statement); !batch.isEmpty(); batch = next(statement)) {
            together(batch);
        }
    }

    /** The pieces of the next statement, one of each merchant in turn; none ends the worker. */
    private List<Piece<T, R>> next(Statement statement) {
        List<Piece<T, R>> batch = new ArrayList<>();
        List<Piece<T, R>> repeated = new ArrayList<>();
        Set<K> keys = new HashSet<>();
        lock.lock();
        try {
            // One that hung, and that another has gone past meanwhile, leaves the work to it.
            boolean more = !isOvertaken(statement);
            while (more && batch.size() < MOST && !waiting.isEmpty()) {
                Map.Entry<MerchantId, Deque<Piece<T, R>>> turn =
                        waiting.entrySet().iterator().next();
                waiting.remove(turn.getKey());
                Piece<T, R> piece = turn.getValue().remove();
                count--;
                if (!turn.getValue().isEmpty()) {
                    waiting.put(turn.getKey(), turn.getValue());
                }
                boolean first = keys.add(work.key().apply(piece.work));
                (first || work.use() == WorkContext.Use.READ ? batch : repeated).add(piece);
            }
            statement.begunNanos = System.nanoTime();
            statement.oldestNanos =
                    batch.stream()
                            .mapToLong(Piece::sinceNanos)
                            .reduce(statement.begunNanos, (a, b) -> a - b < 0 ? a : b);
            if (batch.isEmpty()) {
                underWay.remove(statement);
            }
        } finally {
            lock.unlock();
        }
        repeated.forEach(piece -> piece.result.complete(Optional.empty()));
        return batch;
    }

    private boolean isOvertaken(Statement statement) {
        long now = System.nanoTime();
        return underWay.stream()
                .anyMatch(
                        other -> other != statement && now - other.begunNanos < STALLED.toNanos());
    }

    private void together(List<Piece<T, R>> batch) {
        WorkContext context = WorkContext.of(work.use(), null, patience);
        try {
            Map<K, R> done =
                    context.call(
                            () -> work.statement().apply(batch.stream().map(Piece::work).toList()));
            for (Piece<T, R> one : batch) {
                @Nullable R result = done.get(work.key().apply(one.work));
                var _ = one.result.complete(Optional.ofNullable(result));
            }
        } catch (DataIntegrityViolationException e) {
            batch.forEach(one -> one.result.complete(Optional.empty()));
        } catch (RuntimeException | Error e) {
            batch.forEach(one -> one.result.completeExceptionally(e));
        }
    }

    /** How long the piece has waited that has waited the longest, begun or not; zero for none. */
    Duration oldest() {
        long now = System.nanoTime();
        lock.lock();
        try {
            long since = now;
            for (Deque<Piece<T, R>> own : waiting.values()) {
                since = Math.min(since - now, own.element().sinceNanos - now) + now;
            }
            for (Statement statement : underWay) {
                since = Math.min(since - now, statement.oldestNanos - now) + now;
            }
            return Duration.ofNanos(now - since);
        } finally {
            lock.unlock();
        }
    }

    String name() {
        return work.name();
    }

    /** Pieces that wait for a statement of theirs to begin. */
    int waiting() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }
}
