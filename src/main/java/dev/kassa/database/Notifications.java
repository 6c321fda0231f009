package dev.kassa.database;

import dev.kassa.kernel.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * PostgreSQL's LISTEN and NOTIFY. Listening takes a connection of its own, beside the pool; when it
 * breaks, it is opened again within a second, and what was sent meanwhile is lost. So a
 * notification may carry a hint and nothing else.
 */
@Component
final class Notifications implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** After so long without a notification the connection is asked whether it lives. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final Database database;
    private final JdbcClient jdbc;
    private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile @Nullable Connection listening;

    Notifications(Database database, JdbcClient jdbc) {
        this.database = database;
        this.jdbc = jdbc;
    }

    /** From the start of the server on, hands every payload on this channel to {@code listener}. */
    public void listen(String channel, Consumer<String> listener) {
        listeners.put(channel, listener);
    }

    /** Sends these payloads in one short transaction, which does not wait for the disk. */
    public void send(String channel, Collection<String> payloads) {
        var _ =
                jdbc.sql(
                                """
                                select set_config('synchronous_commit', 'off', true),
                                    pg_notify(:channel, payload)
                                from unnest(:payloads::text[]) as payload
                                """)
                        .param("channel", channel)
                        .param("payloads", Sql.array(payloads))
                        .query((row, n) -> n)
                        .list();
    }

    @Override
    public String name() {
        return "notifications";
    }

    @Override
    public Duration interval() {
        return RETRY;
    }

    /** Listens until the connection breaks or the server stops. */
    @Override
    public void runOnce() {
        if (closed) {
            return;
        }
        try (Connection connection = database.listening()) {
            listening = connection;
            PGConnection notified = connection.unwrap(PGConnection.class);
            try (Statement statement = connection.createStatement()) {
                for (String channel : listeners.keySet()) {
                    var _ = statement.execute("listen " + channel);
                }
            }
            while (!closed) {
                PGNotification[] received = notified.getNotifications((int) SILENCE.toMillis());
                if (received == null || received.length == 0) {
                    refuseDead(connection);
                } else {
                    List.of(received).forEach(this::handOver);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("not listening for notifications", e);
        }
    }

    private void handOver(PGNotification notification) {
        Consumer<String> listener = listeners.get(notification.getName());
        if (listener != null) {
            listener.accept(notification.getParameter());
        }
    }

    private static void refuseDead(Connection connection) throws SQLException {
        if (!connection.isValid((int) SILENCE.toSeconds())) {
            throw new SQLException("the connection is dead");
        }
    }

    /** Breaks the connection, since nothing else ends the wait. */
    @Override
    public void stopping() {
        closed = true;
        Connection connection = listening;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("It is broken already", e);
            }
        }
    }
}
