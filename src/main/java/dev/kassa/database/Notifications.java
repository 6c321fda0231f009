package dev.kassa.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.kassa.kernel.Worker;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * PostgreSQL's LISTEN and NOTIFY. Listening takes a connection of its own, beside the pool; when it
 * breaks, it is opened again within a second, and what was sent meanwhile is lost. So a
 * notification may carry a hint and nothing else.
 */
@Component
public final class Notifications implements Worker {
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** How long one look for notifications waits; a stop waits as long at the most. */
    private static final int WAIT_MS = 500;

    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Notifications(DataSource dataSource, JdbcClient jdbc) {
        this.dataSource = dataSource;
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
                        .param("payloads", payloads.toArray(String[]::new))
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
        try (Connection connection = connect()) {
            PGConnection notified = connection.unwrap(PGConnection.class);
            try (Statement statement = connection.createStatement()) {
                for (String channel : listeners.keySet()) {
                    var _ = statement.execute("listen " + channel);
                }
            }
            while (!closed) {
                PGNotification[] notifications = notified.getNotifications(WAIT_MS);
                if (notifications != null) {
                    for (PGNotification notification : notifications) {
                        Consumer<String> listener = listeners.get(notification.getName());
                        if (listener != null) {
                            listener.accept(notification.getParameter());
                        }
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("not listening for notifications", e);
        }
    }

    private Connection connect() throws SQLException {
        HikariDataSource pool = dataSource.unwrap(HikariDataSource.class);
        Properties login = new Properties();
        login.setProperty("user", pool.getUsername());
        login.setProperty("password", pool.getPassword());
        login.setProperty("connectTimeout", "4");
        login.setProperty("tcpKeepAlive", "true");
        login.setProperty("ApplicationName", "kassa listening");
        return DriverManager.getConnection(pool.getJdbcUrl(), login);
    }

    @EventListener(ContextClosedEvent.class)
    void stop() {
        closed = true;
    }
}
