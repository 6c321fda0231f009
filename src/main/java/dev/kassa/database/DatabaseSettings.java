package dev.kassa.database;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which database a server uses, and how much of it and how long.
 *
 * @param login null for the embedded PostgreSQL
 * @param connections of the pool
 * @param merchantConnections that the requests of one merchant may hold at once
 */
public record DatabaseSettings(
        @Nullable Login login, int connections, int merchantConnections, Timeouts timeouts) {

    /** The operator's own server. {@code url} is a JDBC URL of PostgreSQL. */
    public record Login(String url, String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /**
     * How long anything waits. Each is longer than the one before it, so that the one that ends a
     * wait is the one that knows most of what was done.
     *
     * @param lock for a row or a table; ended by PostgreSQL, nothing was done
     * @param statement one statement in all; ended by PostgreSQL, nothing was done. It does not
     *     count the wait of a commit for its standby, which nothing may cut short: PostgreSQL would
     *     call a commit done that a failover can still lose
     * @param socket for an answer over the network; the connection is given up, and what became of
     *     its statement is unknown
     * @param request one request in all
     * @param connection for a connection of the pool; nothing was done
     */
    public record Timeouts(
            Duration lock,
            Duration statement,
            Duration socket,
            Duration request,
            Duration connection) {}
}
