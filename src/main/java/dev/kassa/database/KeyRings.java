package dev.kassa.database;

import dev.kassa.kernel.KeyRing;
import dev.kassa.kernel.MasterKey;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Vault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The table key_ring: one ring for all servers on the database, encrypted by one master key. Each
 * server opens it at its start, and again when it has changed.
 */
public final class KeyRings {
    /** What a server does by itself. */
    private static final Writer UNRECORDED =
            (jdbc, update, parameters) -> jdbc.sql(update).params(parameters).update();

    private static final Logger LOG = LoggerFactory.getLogger(KeyRings.class);

    /** Whoever waits for the ring, a request perhaps, waits no longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * For so long a key is kept after another has replaced it: longer than an idempotency key,
     * whose answer is not sealed anew, and than any server goes without looking.
     */
    private static final Duration KEPT = Duration.ofDays(2);

    private final DataSource database;
    private final List<MasterKey> masters;
    private final Vault vault;
    private Opened opened;

    /**
     * The ring, and what was found beside it.
     *
     * @param under the master key that opened it
     */
    private record Opened(KeyRing ring, MasterKey under, Row row) {}

    private record Row(KeyRing.Wrapped wrapped, long version, boolean keptLongEnough) {}

    private KeyRings(DataSource database, List<MasterKey> masters, boolean mayReplace) {
        this.database = database;
        this.masters = masters;
        this.opened = openOrCreate(mayReplace);
        this.vault =
                new Vault(
                        opened.ring(),
                        this::newest,
                        masters.stream().map(MasterKey::former).toList());
    }

    /**
     * Opens the ring, or makes it on a database that has none.
     *
     * @param database gives connections beside the pool: a request may wait for the ring while it
     *     holds one of the pool
     * @param masters the master key, then the one before it
     * @throws Refusal when none of the keys opens it
     */
    public static KeyRings open(DataSource database, List<MasterKey> masters) {
        return new KeyRings(database, masters, false);
    }

    /** For a database that nobody else can use: goes on with a new ring, and says so. */
    static KeyRings openOrReplace(DataSource database, List<MasterKey> masters) {
        return new KeyRings(database, masters, true);
    }

    /** Seals and opens with the newest ring that this server knows. */
    public Vault vault() {
        return vault;
    }

    private Opened openOrCreate(boolean mayReplace) {
        Optional<Row> found = read();
        if (found.isEmpty()) {
            create(mayReplace);
            found = read();
        }
        Row row = found.orElseThrow(() -> new Refusal("The key ring is gone again. Start anew."));
        Optional<Opened> ours = unwrap(row);
        if (ours.isEmpty() && mayReplace) {
            LOG.warn("the master key is a new one: webhook secrets of before cannot be read");
            var _ =
                    replace(
                            KeyRing.generate(),
                            masters.getFirst(),
                            row.version(),
                            true,
                            UNRECORDED);
            ours = read().flatMap(this::unwrap);
        }
        return ours.orElseThrow(KeyRings::anotherKey);
    }

    private static Refusal anotherKey() {
        return new Refusal(
                "KASSA_MASTER_KEY is not the key that other servers on this database have, or had."
                        + " Start this server with that key: KASSA_MASTER_KEY, or the file master.key"
                        + " of their data directory. While a new master key is brought in, the one"
                        + " before it is KASSA_MASTER_KEY_PREVIOUS. If it is lost, stop all servers and"
                        + " run 'delete from key_ring; delete from master_key_check' in the database;"
                        + " webhook secrets must then be rotated.");
    }

    private Optional<Opened> unwrap(Row row) {
        for (MasterKey master : masters) {
            Optional<KeyRing> ring = KeyRing.unwrap(row.wrapped(), master);
            if (ring.isPresent()) {
                return Optional.of(new Opened(ring.get(), master, row));
            }
        }
        return Optional.empty();
    }

    private Optional<Row> read() {
        return statement(
                "select data_keys, tag_key, version, data_key_since < now() - ?::interval"
                        + " from key_ring",
                statement -> {
                    statement.setString(1, KEPT.toString());
                    try (ResultSet row = statement.executeQuery()) {
                        return row.next()
                                ? Optional.of(
                                        new Row(
                                                new KeyRing.Wrapped(
                                                        row.getString(1), row.getString(2)),
                                                row.getLong(3),
                                                row.getBoolean(4)))
                                : Optional.<Row>empty();
                    }
                });
    }

    /** The first of several servers that start at once has its ring kept. */
    private void create(boolean mayReplace) {
        @Nullable String fingerprint = formerFingerprint();
        Optional<MasterKey> former =
                masters.stream()
                        .filter(key -> key.former().fingerprint().equals(fingerprint))
                        .findFirst();
        if (fingerprint != null && former.isEmpty() && !mayReplace) {
            throw anotherKey();
        }
        KeyRing ring =
                former.map(key -> KeyRing.generate(key.former())).orElseGet(KeyRing::generate);
        KeyRing.Wrapped wrapped = ring.wrap(former.orElse(masters.getFirst()));
        int _ =
                statement(
                        "with gone as (delete from master_key_check)"
                                + " insert into key_ring (data_keys, tag_key) values (?, ?)"
                                + " on conflict do nothing",
                        statement -> {
                            statement.setString(1, wrapped.dataKeys());
                            statement.setString(2, wrapped.tagKey());
                            return statement.executeUpdate();
                        });
    }

    private @Nullable String formerFingerprint() {
        return statement(
                        "select fingerprint from master_key_check",
                        statement -> {
                            try (ResultSet row = statement.executeQuery()) {
                                return row.next()
                                        ? Optional.of(row.getString(1))
                                        : Optional.<String>empty();
                            }
                        })
                .orElse(null);
    }

    /** Tells the ring that this server knows from those after it. */
    synchronized long version() {
        return opened.row().version();
    }

    /** Asked for a key that this server does not know. Many may ask at once. */
    private synchronized KeyRing newest() {
        refresh();
        return opened.ring();
    }

    /** Takes over the ring that another server or command has left, if it is another one. */
    synchronized void refresh() {
        Optional<Row> row = read();
        if (row.isEmpty() || row.get().version() == opened.row().version()) {
            return;
        }
        Optional<Opened> changed = unwrap(row.get());
        if (changed.isEmpty()) {
            LOG.error(
                    "The key ring was encrypted anew by a master key that this server does not"
                            + " have. Restart it with that key as KASSA_MASTER_KEY.");
            opened = new Opened(opened.ring(), opened.under(), row.get());
            return;
        }
        opened = changed.get();
        vault.use(opened.ring());
        LOG.info("The key ring is another one: {}", opened.ring());
    }

    /**
     * Adds a key, which seals from now on.
     *
     * @param writer records who does it
     * @return the keys that nothing needs any more, once all rows are sealed anew
     * @throws Refusal when another command changes the ring at the same time
     */
    public synchronized Set<Integer> addDataKey(Writer writer) {
        refresh();
        KeyRing before = opened.ring();
        Set<Integer> replaced = new HashSet<>(before.ids());
        replaced.remove(before.primary());
        boolean keptLongEnough = opened.row().keptLongEnough();
        change(before.withNewPrimary(), opened.under(), true, writer);
        return keptLongEnough ? Set.copyOf(replaced) : Set.of();
    }

    /** Forgets these keys, under which no row is sealed any more. */
    public synchronized void drop(Set<Integer> ids) {
        if (!ids.isEmpty()) {
            refresh();
            change(opened.ring().without(ids), opened.under(), false, UNRECORDED);
        }
    }

    /**
     * Encrypts the ring by this server's own master key; false when it was already.
     *
     * @param writer records who does it
     * @throws Refusal when another command changes the ring at the same time
     */
    public synchronized boolean rewrap(Writer writer) {
        refresh();
        if (opened.under().equals(masters.getFirst())) {
            return false;
        }
        change(opened.ring(), masters.getFirst(), false, writer);
        return true;
    }

    private void change(KeyRing ring, MasterKey master, boolean newKey, Writer writer) {
        if (!replace(ring, master, opened.row().version(), newKey, writer)) {
            throw new Refusal(
                    "Another command has changed the key ring at the same time. Run this again.");
        }
        refresh();
    }

    /** Changes one row, or none, by an update with named parameters, and says how many. */
    public interface Writer {
        /** In one statement with whatever it records besides. */
        int write(JdbcClient jdbc, String update, Map<String, ?> parameters);
    }

    private boolean replace(
            KeyRing ring, MasterKey master, long version, boolean newKey, Writer writer) {
        KeyRing.Wrapped wrapped = ring.wrap(master);
        try {
            return writer.write(
                            JdbcClient.create(database),
                            """
                            update key_ring set data_keys = :data_keys, tag_key = :tag_key,
                                version = version + 1, data_key_since = case
                                    when :new_key then now() else data_key_since end
                            where version = :version
                            """,
                            Map.of(
                                    "data_keys",
                                    wrapped.dataKeys(),
                                    "tag_key",
                                    wrapped.tagKey(),
                                    "new_key",
                                    newKey,
                                    "version",
                                    version))
                    == 1;
        } catch (DataAccessException e) {
            throw new Refusal("Cannot use the database: " + SqlErrors.reason(e), e);
        }
    }

    private interface Work<T> {
        T run(PreparedStatement statement) throws SQLException;
    }

    private <T> T statement(String sql, Work<T> work) {
        try (Connection connection = database.getConnection()) {
            connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return work.run(statement);
            }
        } catch (SQLException e) {
            throw new Refusal("Cannot use the database: " + Database.firstLine(e), e);
        }
    }
}
