package dev.kassa.database;

import dev.kassa.kernel.Refusal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That all servers on a database have one master key. One with another key would take over webhook
 * destinations whose secrets it cannot read, and fail their deliveries for three days.
 */
final class MasterKeyCheck {
    private static final Logger LOG = LoggerFactory.getLogger(MasterKeyCheck.class);

    /** The first server's key becomes the database's. */
    private static final String KEEP =
            "insert into master_key_check (fingerprint) values (?) on conflict do nothing";

    private static final String KNOWN = "select fingerprint = ? from master_key_check";

    private static final String REPLACE =
            "update master_key_check set fingerprint = ?, since = now()";

    private final Connections connections;

    MasterKeyCheck(Connections connections) {
        this.connections = connections;
    }

    /**
     * Refuses a key that is not the one of the servers before.
     *
     * @throws Refusal in words for the operator
     */
    void refuseAnother(String fingerprint) {
        if (!isKnown(fingerprint)) {
            throw new Refusal(
                    "KASSA_MASTER_KEY is not the key that other servers on this database have, or"
                            + " had. Start this server with that key: KASSA_MASTER_KEY, or the file"
                            + " master.key of their data directory. If it is lost, stop all servers and"
                            + " run 'delete from master_key_check' in the database; webhook secrets"
                            + " must then be rotated.");
        }
    }

    /** For a database that nobody else can use: goes on with the new key, and says so. */
    void adopt(String fingerprint) {
        if (!isKnown(fingerprint)) {
            LOG.warn("the master key is a new one: webhook secrets of before cannot be read");
            update(REPLACE, fingerprint);
        }
    }

    private boolean isKnown(String fingerprint) {
        update(KEEP, fingerprint);
        try (Connection connection = connections.patient("kassa starting");
                PreparedStatement known = connection.prepareStatement(KNOWN)) {
            known.setString(1, fingerprint);
            try (ResultSet row = known.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw unusable(e);
        }
    }

    private void update(String sql, String fingerprint) {
        try (Connection connection = connections.patient("kassa starting");
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, fingerprint);
            var _ = statement.executeUpdate();
        } catch (SQLException e) {
            throw unusable(e);
        }
    }

    private static Refusal unusable(SQLException e) {
        return new Refusal("Cannot use the database: " + Database.firstLine(e), e);
    }
}
