package dev.kassa.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.kassa.kernel.MerchantId;
import java.io.Serial;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * The pool, shared out so that nobody takes it from the others: writes leave some connections to
 * reads, workers leave half to requests, and one merchant's requests hold at most their share. Who
 * waits, waits without a connection, first come first served among those who may have one, and no
 * longer than anybody waits for the answer.
 */
final class FairPool extends DelegatingDataSource {
    private final HikariDataSource pool;
    private final DatabaseSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final Map<WorkContext.Use, Integer> held = new EnumMap<>(WorkContext.Use.class);
    private final Map<MerchantId, Integer> heldByMerchant = new HashMap<>();

    FairPool(HikariDataSource pool, DatabaseSettings settings) {
        super(pool);
        this.pool = pool;
        this.settings = settings;
    }

    /** Nothing is wrong with the database: others have the connections. */
    static final class AllInUseException extends SQLTransientConnectionException {
        @Serial private static final long serialVersionUID = 1L;

        private AllInUseException() {
            super("all connections that this work may have are in use");
        }
    }

    private final class Waiter {
        final WorkContext context;
        final Condition turn = lock.newCondition();
        boolean admitted;

        Waiter(WorkContext context) {
            this.context = context;
        }
    }

    /** Connections that writes and workers leave to reads. */
    private int reserve() {
        return Math.max(2, settings.connections() / 8);
    }

    private boolean mayHave(WorkContext context) {
        int all =
                count(WorkContext.Use.READ)
                        + count(WorkContext.Use.WRITE)
                        + count(WorkContext.Use.BACKGROUND);
        boolean shared =
                switch (context.use()) {
                    case READ -> all < settings.connections();
                    case WRITE ->
                            all - count(WorkContext.Use.READ) < settings.connections() - reserve()
                                    && all < settings.connections();
                    case BACKGROUND ->
                            count(WorkContext.Use.BACKGROUND)
                                            < settings.connections() / 2 - reserve()
                                    && all < settings.connections();
                };
        MerchantId merchant = context.merchant();
        return shared
                && (merchant == null
                        || heldByMerchant.getOrDefault(merchant, 0)
                                < settings.merchantConnections());
    }

    private int count(WorkContext.Use use) {
        return held.getOrDefault(use, 0);
    }

    private void take(WorkContext context) {
        held.merge(context.use(), 1, Integer::sum);
        if (context.merchant() != null) {
            heldByMerchant.merge(context.merchant(), 1, Integer::sum);
        }
    }

    private void giveBack(WorkContext context) {
        lock.lock();
        try {
            held.merge(context.use(), -1, Integer::sum);
            if (context.merchant() != null) {
                heldByMerchant.computeIfPresent(
                        context.merchant(), (id, count) -> count == 1 ? null : count - 1);
            }
            for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
                Waiter next = all.next();
                if (mayHave(next.context)) {
                    take(next.context);
                    next.admitted = true;
                    all.remove();
                    next.turn.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void await(WorkContext context, Duration patience) throws SQLException {
        long nanos = patience.toNanos();
        lock.lock();
        try {
            if (mayHave(context)) {
                take(context);
                return;
            }
            Waiter mine = new Waiter(context);
            waiters.add(mine);
            try {
                while (!mine.admitted) {
                    if (nanos <= 0) {
                        waiters.remove(mine);
                        throw new AllInUseException();
                    }
                    nanos = mine.turn.awaitNanos(nanos);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                if (!mine.admitted) {
                    waiters.remove(mine);
                    throw new SQLTransientConnectionException("interrupted", e);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        WorkContext context = WorkContext.current();
        Duration wait = shorter(settings.timeouts().connection(), context.left());
        await(context, wait);
        @Nullable Connection connection = null;
        try {
            connection = pool.getConnection();
            Duration left = context.left();
            if (!left.isPositive()) {
                throw new SQLTransientConnectionException("nobody waits for this any longer");
            }
            if (left.compareTo(settings.timeouts().socket()) < 0) {
                connection.setNetworkTimeout(Runnable::run, (int) Math.max(1, left.toMillis()));
            }
            return returning(connection, context);
        } catch (SQLException | RuntimeException e) {
            if (connection != null) {
                connection.close();
            }
            giveBack(context);
            throw e;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The connection, whose first close gives the place back. */
    private Connection returning(Connection connection, WorkContext context) {
        InvocationHandler handler =
                new InvocationHandler() {
                    private boolean closed;

                    @Override
                    public @Nullable Object invoke(Object proxy, Method method, Object[] arguments)
                            throws Throwable {
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause() == null ? e : e.getCause();
                        } finally {
                            if (method.getName().equals("close") && !closed) {
                                closed = true;
                                giveBack(context);
                            }
                        }
                    }
                };
        return (Connection)
                Proxy.newProxyInstance(
                        FairPool.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        handler);
    }
}
