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
    private final Map<Demand.Use, Integer> held = new EnumMap<>(Demand.Use.class);
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
        final Demand demand;
        final Condition turn = lock.newCondition();
        boolean admitted;

        Waiter(Demand demand) {
            this.demand = demand;
        }
    }

    /** Connections that writes and workers leave to reads. */
    private int reserve() {
        return Math.max(2, settings.connections() / 8);
    }

    private boolean mayHave(Demand demand) {
        int all = count(Demand.Use.READ) + count(Demand.Use.WRITE) + count(Demand.Use.BACKGROUND);
        boolean shared =
                switch (demand.use()) {
                    case READ -> all < settings.connections();
                    case WRITE ->
                            all - count(Demand.Use.READ) < settings.connections() - reserve()
                                    && all < settings.connections();
                    case BACKGROUND ->
                            count(Demand.Use.BACKGROUND) < settings.connections() / 2 - reserve()
                                    && all < settings.connections();
                };
        MerchantId merchant = demand.merchant();
        return shared
                && (merchant == null
                        || heldByMerchant.getOrDefault(merchant, 0)
                                < settings.merchantConnections());
    }

    private int count(Demand.Use use) {
        return held.getOrDefault(use, 0);
    }

    private void take(Demand demand) {
        held.merge(demand.use(), 1, Integer::sum);
        if (demand.merchant() != null) {
            heldByMerchant.merge(demand.merchant(), 1, Integer::sum);
        }
    }

    private void giveBack(Demand demand) {
        lock.lock();
        try {
            held.merge(demand.use(), -1, Integer::sum);
            if (demand.merchant() != null) {
                heldByMerchant.computeIfPresent(
                        demand.merchant(), (id, count) -> count == 1 ? null : count - 1);
            }
            for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
                Waiter next = all.next();
                if (mayHave(next.demand)) {
                    take(next.demand);
                    next.admitted = true;
                    all.remove();
                    next.turn.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void await(Demand demand, Duration patience) throws SQLException {
        long nanos = patience.toNanos();
        lock.lock();
        try {
            if (mayHave(demand)) {
                take(demand);
                return;
            }
            Waiter mine = new Waiter(demand);
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
        Demand demand = Demand.current();
        Duration wait = shorter(settings.timeouts().connection(), demand.left());
        await(demand, wait);
        @Nullable Connection connection = null;
        try {
            connection = pool.getConnection();
            Duration left = demand.left();
            if (!left.isPositive()) {
                throw new SQLTransientConnectionException("nobody waits for this any longer");
            }
            if (left.compareTo(settings.timeouts().socket()) < 0) {
                connection.setNetworkTimeout(Runnable::run, (int) Math.max(1, left.toMillis()));
            }
            return returning(connection, demand);
        } catch (SQLException | RuntimeException e) {
            if (connection != null) {
                connection.close();
            }
            giveBack(demand);
            throw e;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The connection, whose first close gives the place back. */
    private Connection returning(Connection connection, Demand demand) {
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
                                giveBack(demand);
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
