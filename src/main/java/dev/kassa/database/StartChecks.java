package dev.kassa.database;

import dev.kassa.kernel.Refusal;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Looks at a database before anything is done with it, and refuses one that would lose or double a
 * payment: too old, not durable, a standby, or behind a pooler that gives each transaction another
 * session.
 */
final class StartChecks {
    /** PostgreSQL's server_version_num of the oldest version accepted. */
    private static final int OLDEST_VERSION = 150_000;

    /** Settings that could lose an acknowledged payment when off. */
    private static final List<String> DURABILITY =
            List.of("fsync", "synchronous_commit", "full_page_writes");

    /** Sessions that a pooler is watched with: it cannot have given each a server of its own. */
    private static final int WATCHED = 4;

    private final DatabaseSettings.Login login;
    private final Connections connections;

    StartChecks(DatabaseSettings.Login login, Connections connections) {
        this.login = login;
        this.connections = connections;
    }

    /**
     * Refuses a database that must not be used, and answers what should be said of one that may.
     *
     * @throws Refusal in words for the operator
     */
    List<String> run() {
        try (Connection connection = connections.patient("kassa starting");
                Statement statement = connection.createStatement()) {
            refuseOld(
                    Integer.parseInt(show(statement, "server_version_num")),
                    show(statement, "server_version"));
            refuseStandby(statement);
            for (String setting : DURABILITY) {
                if (show(statement, setting).equals("off")) {
                    throw new Refusal(
                            "The database runs with "
                                    + setting
                                    + " off, which can lose an acknowledged payment. Turn it on.");
                }
            }
            refusePooler(connection);
            return warnings(statement);
        } catch (SQLException e) {
            throw unusable(e);
        }
    }

    /** {@code number} as PostgreSQL counts its versions: 150004 is 15.4. */
    static void refuseOld(int number, String version) {
        if (number < OLDEST_VERSION) {
            throw new Refusal(
                    "KASSA_DATABASE_URL is PostgreSQL " + version + "; Kassa needs 15 or newer.");
        }
    }

    private static void refuseStandby(Statement statement) throws SQLException {
        if (show(statement, "transaction_read_only").equals("on")) {
            throw new Refusal(
                    "The database at KASSA_DATABASE_URL is read-only: a standby, or one with"
                            + " default_transaction_read_only on. Name the primary, or all servers with"
                            + " jdbc:postgresql://a:5432,b:5432/name.");
        }
    }

    /**
     * A pooler shows itself, since it makes up the process id that it tells at the login. One that
     * keeps a session's server until the session ends is harmless. One that lends it for a
     * transaction or a statement is not: prepared statements of one session would run in place of
     * another's, and LISTEN, SET and deadlines would be lost.
     */
    private void refusePooler(Connection first) throws SQLException {
        if (first.unwrap(PGConnection.class).getBackendPID() == serverProcess(first)) {
            return;
        }
        List<Connection> others = new ArrayList<>();
        try {
            int before = serverProcess(first);
            for (int i = 0; i < WATCHED; i++) {
                Connection other = connections.patient("kassa starting");
                others.add(other);
                other.setAutoCommit(false);
                if (serverProcess(other) == before) {
                    throw pooler();
                }
            }
            if (serverProcess(first) != before) {
                throw pooler();
            }
        } finally {
            for (Connection other : others) {
                other.close();
            }
        }
    }

    private static int serverProcess(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("select pg_backend_pid()")) {
            if (!row.next()) {
                throw new SQLException("no process id");
            }
            return row.getInt(1);
        }
    }

    private static Refusal pooler() {
        return new Refusal(
                "KASSA_DATABASE_URL leads through a connection pooler that gives each transaction"
                        + " another session of the database, which can charge a shopper twice. Set"
                        + " pool_mode=session for Kassa's database (PgBouncer), or name PostgreSQL"
                        + " itself.");
    }

    private static List<String> warnings(Statement statement) throws SQLException {
        List<String> warnings = new ArrayList<>();
        String commit = show(statement, "synchronous_commit");
        String standbys = show(statement, "synchronous_standby_names");
        if (!standbys.isEmpty() && !List.of("on", "remote_apply").contains(commit)) {
            warnings.add(
                    "synchronous_commit is "
                            + commit
                            + ", so a commit does not wait until a standby has it on disk: a failover can"
                            + " lose acknowledged payments. Set it to on.");
        }
        if (standbys.isEmpty() && hasStandby(statement)) {
            warnings.add(
                    "The database has a standby but no synchronous_standby_names: a failover can lose"
                            + " acknowledged payments. Under Patroni set synchronous_mode: true.");
        }
        return warnings;
    }

    private static boolean hasStandby(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("select count(*) from pg_stat_replication")) {
            return row.next() && row.getInt(1) > 0;
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

    private Refusal unusable(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("targetServerType")) {
            return new Refusal(
                    "None of the servers that KASSA_DATABASE_URL names is a primary that answers:"
                            + " a standby cannot take payments. Name the primary, or all servers with"
                            + " jdbc:postgresql://a:5432,b:5432/name.",
                    e);
        }
        return new Refusal(
                "Cannot use the database at "
                        + Database.withoutParameters(login.url())
                        + " as user '"
                        + login.user()
                        + "': "
                        + Database.firstLine(
                                e.getCause() instanceof UnknownHostException host ? host : e)
                        + " Check KASSA_DATABASE_URL (jdbc:postgresql://host:5432/name),"
                        + " KASSA_DATABASE_USER and KASSA_DATABASE_PASSWORD.",
                e);
    }
}
