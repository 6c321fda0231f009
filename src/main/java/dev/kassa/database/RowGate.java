package dev.kassa.database;

import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Lets at most {@link #WAITERS} at a time of this node wait in the database for one row, a device
 * or an order, so that a row which somebody else holds locked costs two connections and not the
 * whole pool. Who comes beyond that waits here without a connection while the row moves on, and is
 * refused at once when it does not.
 */
@Component
public final class RowGate {
    /** Connections that may wait for one row. */
    static final int WAITERS = 2;

    /** A row that nobody got for so long is stuck. */
    static final Duration STUCK = Duration.ofSeconds(1);

    /**
     * How long a refusal takes: who asks again and again for a row that is stuck does not do so as
     * fast as the server can refuse.
     */
    static final Duration REFUSAL = Duration.ofMillis(250);

    /** Not always the same, or those who were refused together come again together. */
    private static long refusalMillis() {
        return ThreadLocalRandom.current()
                .nextLong(REFUSAL.toMillis() / 2, REFUSAL.toMillis() * 3 / 2);
    }

    private final Map<Object, Gate> gates = new ConcurrentHashMap<>();

    /** Another merchant that knows the id waits elsewhere. */
    private record Row(MerchantId merchant, Object id) {}

    /** The row whose turn the thread has already. */
    private static final ThreadLocal<@Nullable Object> INSIDE = new ThreadLocal<>();

    private static final class Gate {
        final Semaphore places = new Semaphore(WAITERS, true);
        int users;
        volatile long movedNanos = System.nanoTime();

        boolean isStuck() {
            return System.nanoTime() - movedNanos > STUCK.toNanos();
        }
    }

    /**
     * Does {@code work}, which may wait for the merchant's row of this id. Inside a transaction it
     * does not wait for its turn, since it would do so with a connection: whoever began the
     * transaction undoes it and tries again by {@link #enter}.
     *
     * @throws RowBusyException when the row is stuck, or at once inside a transaction when others
     *     wait for the row
     */
    public <T> T through(MerchantId merchant, Object id, Supplier<T> work) {
        Row row = new Row(merchant, id);
        if (row.equals(INSIDE.get())) {
            return work.get();
        }
        boolean transaction = TransactionSynchronizationManager.isSynchronizationActive();
        Place turn = transaction ? tryEnter(row) : take(row);
        if (transaction) {
            // The row stays locked until the transaction ends.
            TransactionSynchronizationManager.registerSynchronization(
                    new TransactionSynchronization() {
                        @Override
                        public void afterCompletion(int status) {
                            turn.close(status == STATUS_COMMITTED);
                        }
                    });
            return work.get();
        }
        boolean moved = true;
        try {
            return work.get();
        } catch (PessimisticLockingFailureException e) {
            moved = false;
            throw e;
        } finally {
            turn.close(moved);
        }
    }

    /**
     * Comes before work that would only find out in the database that the row is not to be had:
     * while it is stuck, and enough wait for it, nothing further is asked of the database.
     *
     * @throws RowBusyException when the row is stuck
     */
    public void passUnlessStuck(MerchantId merchant, Object id) {
        Row row = new Row(merchant, id);
        Gate gate = gates.get(row);
        if (gate == null
                || !gate.isStuck()
                || gate.places.availablePermits() > 0
                || row.equals(INSIDE.get())) {
            return;
        }
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            throw new RowBusyException(row);
        }
        if (!waited(gate)) {
            throw new RowBusyException(row);
        }
        gate.places.release();
    }

    /** {@link #through} for work that answers nothing. */
    public void run(MerchantId merchant, Object id, Runnable work) {
        var _ =
                through(
                        merchant,
                        id,
                        () -> {
                            work.run();
                            return id;
                        });
    }

    /** A place among those who may wait for a row; to be closed. */
    @FunctionalInterface
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    private final class Place implements Turn {
        private final Object row;
        private final Gate gate;

        private Place(Object row, Gate gate) {
            this.row = row;
            this.gate = gate;
            INSIDE.set(row);
        }

        void close(boolean moved) {
            if (moved) {
                gate.movedNanos = System.nanoTime();
            }
            INSIDE.remove();
            gate.places.release();
            leave(row);
        }

        @Override
        public void close() {
            close(true);
        }
    }

    /**
     * Waits for a turn at the row, without a connection; the thread may then go {@link #through}
     * until the turn is closed.
     *
     * @throws RowBusyException when the row is stuck
     */
    public Turn enter(Object row) {
        return take(row);
    }

    private Place take(Object row) {
        Gate gate = join(row);
        if (gate.places.tryAcquire() || waited(gate)) {
            return new Place(row, gate);
        }
        leave(row);
        throw new RowBusyException(row);
    }

    /** Waits for a place while the row moves on; answers whether it has one. */
    private static boolean waited(Gate gate) {
        try (var _ = FairQueue.aside()) {
            boolean mine = false;
            while (!mine && !gate.isStuck() && WorkContext.current().left().isPositive()) {
                mine = gate.places.tryAcquire(STUCK.toMillis(), TimeUnit.MILLISECONDS);
            }
            return mine || gate.places.tryAcquire(refusalMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Place tryEnter(Object row) {
        Gate gate = join(row);
        if (gate.places.tryAcquire()) {
            return new Place(row, gate);
        }
        leave(row);
        throw new RowBusyException(row);
    }

    private Gate join(Object row) {
        Gate joined =
                gates.compute(
                        row,
                        (id, known) -> {
                            Gate gate = known == null ? new Gate() : known;
                            gate.users++;
                            return gate;
                        });
        return joined;
    }

    private void leave(Object row) {
        var _ = gates.computeIfPresent(row, (id, gate) -> --gate.users == 0 ? null : gate);
    }
}
