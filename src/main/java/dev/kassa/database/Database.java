package dev.kassa.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.kassa.kernel.MasterKey;
import dev.kassa.kernel.Refusal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** An open, checked and migrated database, and its pool of connections. */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** A connection that has been idle is asked whether it lives; a dead one does not answer. */
    private static final Duration VALIDATION = Duration.ofSeconds(1);

    /** How often idle connections are asked, so that dead ones are found before they are needed. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private final Connections connections;
    private final HikariDataSource pool;
    private final FairPool shared;
    private final List<String> warnings;
    private final @Nullable EmbeddedServer embedded;
    private final String description;

    private Database(
            Connections connections,
            DatabaseSettings settings,
            List<String> warnings,
            @Nullable EmbeddedServer embedded,
            String description) {
        this.connections = connections;
        this.pool = pool(connections, settings);
        this.shared = new FairPool(pool, settings);
        this.warnings = warnings;
        this.embedded = embedded;
        this.description = description;
    }

    /**
     * Starts the embedded server under {@code dataDirectory}, whose lock the caller holds, or
     * connects to the operator's own.
     */
    public static Database open(
            DatabaseSettings settings, Path dataDirectory, InstantSource clock) {
        DatabaseSettings.Login login = settings.login();
        if (login != null) {
            return open(settings, login, null, withoutParameters(login.url()));
        }
        EmbeddedServer server = EmbeddedServer.start(dataDirectory, clock);
        try {
            return open(
                    settings,
                    new DatabaseSettings.Login(server.jdbcUrl(), "postgres", ""),
                    server,
                    "psql " + server.psqlUrl());
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static Database open(
            DatabaseSettings settings,
            DatabaseSettings.Login login,
            @Nullable EmbeddedServer embedded,
            String description) {
        Connections connections = new Connections(login, settings.timeouts());
        List<String> warnings = new StartChecks(login, connections).run();
        warnings.forEach(LOG::warn);
        var _ = migrate(connections);
        return new Database(connections, settings, warnings, embedded, description);
    }

    private static HikariDataSource pool(Connections connections, DatabaseSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(connections);
        config.setMaximumPoolSize(settings.connections());
        config.setPoolName("kassa");
        config.setConnectionTimeout(settings.timeouts().connection().toMillis());
        config.setValidationTimeout(VALIDATION.toMillis());
        config.setKeepaliveTime(KEEP_ALIVE.toMillis());
        config.setExceptionOverride(new StandbyEviction());
        return new HikariDataSource(config);
    }

    /**
     * Looks whether the operator's own database may be used, and answers what is to be said of it.
     *
     * @throws Refusal when it must not be used
     */
    public static List<String> check(DatabaseSettings settings) {
        DatabaseSettings.Login login =
                Objects.requireNonNull(settings.login(), "an embedded database");
        return new StartChecks(login, new Connections(login, settings.timeouts())).run();
    }

    /**
     * Brings the operator's own database up to date without opening it.
     *
     * @return how many migrations were applied
     * @throws Refusal when it must not be used or cannot be migrated
     */
    public static int migrate(DatabaseSettings settings) {
        check(settings).forEach(LOG::warn);
        return migrate(
                new Connections(Objects.requireNonNull(settings.login()), settings.timeouts()));
    }

    private static int migrate(Connections connections) {
        DataSource patient = patient(connections, "kassa migrating");
        try {
            return Flyway.configure().dataSource(patient).load().migrate().migrationsExecuted;
        } catch (FlywayException e) {
            throw new Refusal(
                    "The database could not be migrated: "
                            + firstLine(rootCause(e))
                            + " Kassa needs a database of its own, empty at first, and a user that"
                            + " may create tables in it.",
                    e);
        }
    }

    private static DataSource patient(Connections connections, String name) {
        return new AbstractDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                return connections.patient(name);
            }

            @Override
            public Connection getConnection(String user, String password) throws SQLException {
                return getConnection();
            }
        };
    }

    private static Exception rootCause(Exception e) {
        Exception cause = e;
        while (cause.getCause() instanceof Exception next) {
            cause = next;
        }
        return cause;
    }

    static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage()).strip();
        String line = message.lines().findFirst().orElse(message);
        return line.endsWith(".") ? line : line + ".";
    }

    static String withoutParameters(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    /** The pool, shared out fairly. */
    public DataSource dataSource() {
        return shared;
    }

    /**
     * The key ring of this database, which one of the master keys opens; the first is this server's
     * own.
     *
     * @throws Refusal when none opens it
     */
    public KeyRings keyRings(List<MasterKey> masters) {
        DataSource own = patient(connections, "kassa key ring");
        return embedded == null
                ? KeyRings.open(own, masters)
                : KeyRings.openOrReplace(own, masters);
    }

    /** A connection beside the pool, on which one may wait for as long as it takes. */
    Connection listening() throws SQLException {
        return connections.patient("kassa listening");
    }

    /** What the operator should mend, though it does not keep the server from working. */
    List<String> warnings() {
        return warnings;
    }

    /** Closes all connections that nobody uses: one of them was found dead, and so may the rest. */
    void dropIdleConnections() {
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    /** Where it is, for the person at the terminal; holds no password. */
    public String description() {
        return description;
    }

    @Override
    public void close() {
        pool.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
