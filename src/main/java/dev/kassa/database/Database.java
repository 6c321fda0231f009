package dev.kassa.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.kassa.kernel.Refusal;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** An open, checked and migrated database, and its pool of connections. */
public final class Database implements AutoCloseable {
    /** Connections of the pool. */
    private static final int POOL_SIZE = 16;

    /** A client waits 10 s for an answer; one that says "try again" must come well before. */
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(4);

    /** PostgreSQL's server_version_num of the oldest version accepted. */
    private static final int OLDEST_VERSION = 150_000;

    /** Settings that could lose an acknowledged payment when off. */
    private static final List<String> DURABILITY =
            List.of("fsync", "synchronous_commit", "full_page_writes");

    private final HikariDataSource pool;
    private final @Nullable EmbeddedServer embedded;
    private final String description;

    private Database(HikariDataSource pool, @Nullable EmbeddedServer embedded, String description) {
        this.pool = pool;
        this.embedded = embedded;
        this.description = description;
    }

    /** Starts the embedded server under {@code dataDirectory}; the caller holds its lock. */
    public static Database embedded(Path dataDirectory, InstantSource clock) {
        EmbeddedServer server = EmbeddedServer.start(dataDirectory, clock);
        try {
            return open(server.jdbcUrl(), "postgres", "", server, "psql " + server.psqlUrl());
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Connects to the operator's own server. {@code url} is a JDBC URL of PostgreSQL. */
    public static Database external(String url, String user, String password) {
        return open(url, user, password, null, url.replaceFirst("\\?.*", ""));
    }

    private static Database open(
            String url,
            String user,
            String password,
            @Nullable EmbeddedServer embedded,
            String description) {
        check(url, user, password);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(POOL_SIZE);
        config.setPoolName("kassa");
        config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
        config.addDataSourceProperty("ApplicationName", "kassa");
        HikariDataSource pool = new HikariDataSource(config);
        try {
            var _ = Flyway.configure().dataSource(pool).load().migrate();
        } catch (FlywayException e) {
            pool.close();
            throw new Refusal(
                    "The database could not be migrated: "
                            + firstLine(rootCause(e))
                            + " Kassa needs a database of its own, empty at first, and a user that"
                            + " may create tables in it.",
                    e);
        }
        return new Database(pool, embedded, description);
    }

    private static void check(String url, String user, String password) {
        Properties login = new Properties();
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("connectTimeout", "10");
        try (Connection connection = DriverManager.getConnection(url, login);
                Statement statement = connection.createStatement()) {
            refuseOld(
                    Integer.parseInt(show(statement, "server_version_num")),
                    show(statement, "server_version"));
            for (String setting : DURABILITY) {
                if (show(statement, setting).equals("off")) {
                    throw new Refusal(
                            "The database runs with "
                                    + setting
                                    + " off, which can lose an acknowledged payment. Turn it on.");
                }
            }
        } catch (SQLException e) {
            throw new Refusal(
                    "Cannot use the database at "
                            + url.replaceFirst("\\?.*", "")
                            + " as user '"
                            + user
                            + "': "
                            + firstLine(
                                    e.getCause() instanceof UnknownHostException host ? host : e)
                            + " Check KASSA_DATABASE_URL (jdbc:postgresql://host:5432/name),"
                            + " KASSA_DATABASE_USER and KASSA_DATABASE_PASSWORD.",
                    e);
        }
    }

    /** {@code number} as PostgreSQL counts its versions: 150004 is 15.4. */
    static void refuseOld(int number, String version) {
        if (number < OLDEST_VERSION) {
            throw new Refusal(
                    "KASSA_DATABASE_URL is PostgreSQL " + version + "; Kassa needs 15 or newer.");
        }
    }

    private static String show(Statement statement, String setting) throws SQLException {
        try (var row = statement.executeQuery("show " + setting)) {
            if (!row.next()) {
                throw new SQLException("no setting " + setting);
            }
            return row.getString(1);
        }
    }

    private static Exception rootCause(Exception e) {
        Exception cause = e;
        while (cause.getCause() instanceof Exception next) {
            cause = next;
        }
        return cause;
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage()).strip();
        String line = message.lines().findFirst().orElse(message);
        return line.endsWith(".") ? line : line + ".";
    }

    /** The pool. */
    public DataSource dataSource() {
        return pool;
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
