package dev.kassa.database;

import dev.kassa.kernel.Pause;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Opens connections to the primary, with a deadline for everything that can be waited for. Never to
 * a standby: the driver asks each server what it is.
 *
 * <p>Session settings are set by statements after the login, since a pooler between refuses or
 * drops those that a start-up packet carries.
 */
final class Connections extends AbstractDataSource {
    /** For the TCP handshake and for each answer during the login. */
    private static final int LOGIN_SECONDS = 3;

    /**
     * How long the driver believes what it has seen of a server of a multi-host URL. Its default of
     * ten seconds would send everyone to the old primary for that long after a failover.
     */
    private static final int HOST_RECHECK_SECONDS = 2;

    /** How long PostgreSQL keeps the locks of a server that has vanished. */
    private static final Duration VANISHED = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration PERSISTENCE = Duration.ofMinutes(1);

    private final DatabaseSettings.Login login;
    private final DatabaseSettings.Timeouts timeouts;

    Connections(DatabaseSettings.Login login, DatabaseSettings.Timeouts timeouts) {
        this.login = login;
        this.timeouts = timeouts;
    }

    /**
     * For the pool. It is called on a thread of the pool's own while those who want a connection
     * wait for as long as they like, so it goes on trying: the pool itself would pause for up to
     * five seconds, with the database back for most of them.
     */
    @Override
    public Connection getConnection() throws SQLException {
        long until = System.nanoTime() + PERSISTENCE.toNanos();
        while (true) {
            try {
                return pooled();
            } catch (SQLException e) {
                if (System.nanoTime() >= until || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                Pause.of(PAUSE);
            }
        }
    }

    private Connection pooled() throws SQLException {
        Connection connection = open("kassa");
        try {
            try (Statement statement = connection.createStatement()) {
                var _ =
                        statement.execute(
                                deadlines(timeouts.lock(), timeouts.statement())
                                        + "set idle_in_transaction_session_timeout = "
                                        + VANISHED.toMillis());
            }
            connection.setNetworkTimeout(Runnable::run, (int) timeouts.socket().toMillis());
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static String deadlines(Duration lock, Duration statement) {
        return "set lock_timeout = "
                + lock.toMillis()
                + "; set statement_timeout = "
                + statement.toMillis()
                + "; set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5;"
                + " set tcp_keepalives_count = 2; set tcp_user_timeout = "
                + VANISHED.toMillis()
                + "; ";
    }

    /**
     * One outside the pool that may run a statement for as long as it takes: a migration, or a wait
     * for notifications. It waits for locks no longer than the others.
     */
    Connection patient(String name) throws SQLException {
        Connection connection = open(name);
        try {
            try (Statement statement = connection.createStatement()) {
                var _ = statement.execute(deadlines(timeouts.lock(), Duration.ZERO));
            }
            connection.setNetworkTimeout(Runnable::run, 0);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Connection open(String name) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        properties.setProperty("ApplicationName", name);
        properties.setProperty("connectTimeout", String.valueOf(LOGIN_SECONDS));
        properties.setProperty("socketTimeout", String.valueOf(LOGIN_SECONDS));
        properties.setProperty("cancelSignalTimeout", String.valueOf(LOGIN_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("targetServerType", "primary");
        properties.setProperty("hostRecheckSeconds", String.valueOf(HOST_RECHECK_SECONDS));
        return DriverManager.getConnection(login.url(), properties);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLException("the login is a setting");
    }
}
