package dev.kassa.database;

import dev.kassa.kernel.Loop;
import dev.kassa.kernel.Refusal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The PostgreSQL that Kassa starts itself, kept in {@code <data>/postgres} across restarts. It
 * listens on loopback only and trusts local users, so it is for a laptop and CI; production brings
 * its own.
 *
 * <p>The caller holds the lock of the data directory, so a server found running here was left over
 * by a Kassa that was killed: it is stopped first. One that dies while Kassa runs is started again
 * on the same port, and recovers what was acknowledged.
 */
final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);

    /** Crash recovery replays the log before the server answers. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private static final Duration WATCH = Duration.ofMillis(250);
    private static final int RESTARTS = 5;
    private static final String DATABASE = "kassa";

    /**
     * The library turns the first three off for the speed of tests; here an acknowledged write must
     * last. Refused statements are told to their caller and would only swell the log.
     */
    private static final Map<String, String> CONFIGURATION =
            Map.of(
                    "fsync", "on",
                    "synchronous_commit", "on",
                    "full_page_writes", "on",
                    "listen_addresses", "localhost",
                    "max_connections", "100",
                    "log_min_messages", "fatal",
                    "log_min_error_statement", "panic");

    private final Path dataDirectory;
    private volatile EmbeddedPostgres postgres;
    private volatile boolean closing;

    private EmbeddedServer(Path dataDirectory, EmbeddedPostgres postgres) {
        this.dataDirectory = dataDirectory;
        this.postgres = postgres;
    }

    /** Starts the server on a free port, making the cluster and the database if there is none. */
    static EmbeddedServer start(Path dataDirectory, InstantSource clock) {
        try {
            setAsideUnfinished(dataDirectory, clock.instant());
            deleteUnfinished(binaries(dataDirectory));
        } catch (IOException e) {
            throw new Refusal("Cannot prepare " + cluster(dataDirectory) + " (" + e + ").", e);
        }
        EmbeddedServer server = new EmbeddedServer(dataDirectory, launch(dataDirectory, 0));
        server.watch();
        return server;
    }

    private static Path cluster(Path dataDirectory) {
        return dataDirectory.resolve("postgres");
    }

    private static Path binaries(Path dataDirectory) {
        return dataDirectory.resolve("postgres-binaries");
    }

    /** Made once the cluster is whole. */
    private static Path complete(Path dataDirectory) {
        return cluster(dataDirectory).resolve("kassa-complete");
    }

    /** Starts the process; {@code port} 0 takes a free one. */
    private static EmbeddedPostgres launch(Path dataDirectory, int port) {
        String reason = "";
        try {
            new OrphanedPostgres(cluster(dataDirectory), binaries(dataDirectory)).stop();
            PostgresLog log = PostgresLog.begin(dataDirectory);
            try {
                EmbeddedPostgres postgres = startOrGiveUp(builder(dataDirectory, port, log), log);
                // The library leaves it writable for everyone.
                OwnerOnly.close(binaries(dataDirectory));
                createDatabase(postgres);
                if (Files.notExists(complete(dataDirectory))) {
                    Files.createFile(complete(dataDirectory));
                }
                return postgres;
            } finally {
                reason = log.reason();
            }
        } catch (IOException | IllegalStateException | SQLException e) {
            String said = String.valueOf(e.getMessage()).replaceFirst("^java[^ ]*: ", "");
            throw new Refusal(
                    "The embedded PostgreSQL did not start: "
                            + (reason.isEmpty() ? said : reason)
                            + " Its log is "
                            + dataDirectory.resolve("postgres.log")
                            + (said.contains("unshare")
                                    ? ". As root it needs user namespaces (unshare -U); where they"
                                            + " are forbidden, run as an ordinary user or set"
                                            + " KASSA_DATABASE_URL."
                                    : "."),
                    e);
        }
    }

    private static EmbeddedPostgres.Builder builder(Path dataDirectory, int port, PostgresLog log) {
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(cluster(dataDirectory))
                        .setCleanDataDirectory(false)
                        .setOverrideWorkingDirectory(binaries(dataDirectory).toFile())
                        .setRegisterShutdownHook(false)
                        .setPGStartupWait(START_LIMIT)
                        .setPort(port)
                        .setOutputRedirector(log.redirect())
                        .setErrorRedirector(log.redirect());
        CONFIGURATION.forEach((key, value) -> builder.setServerConfig(key, value));
        return builder;
    }

    /**
     * The library waits for an answer even after PostgreSQL has said that there will be none; an
     * interrupt ends that wait, and the first query then tells.
     */
    private static EmbeddedPostgres startOrGiveUp(EmbeddedPostgres.Builder builder, PostgresLog log)
            throws IOException {
        Thread starter = Thread.currentThread();
        AtomicBoolean starting = new AtomicBoolean(true);
        Runnable watch =
                () -> {
                    if (log.gaveUp() && starting.compareAndSet(true, false)) {
                        starter.interrupt();
                    }
                };
        try (Loop watcher = Loop.start("postgres-start", WATCH, watch)) {
            watcher.wake();
            return builder.start();
        } finally {
            if (!starting.compareAndSet(true, false)) {
                var _ = Thread.interrupted();
            }
        }
    }

    /** Starts PostgreSQL again when it ends and nobody asked it to. */
    private void watch() {
        Path pidFile = cluster(dataDirectory).resolve("postmaster.pid");
        try {
            long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
            ProcessHandle.of(pid)
                    .ifPresent(process -> {
                        var _ = process.onExit().thenRunAsync(this::restart);
                    });
        } catch (IOException | NumberFormatException e) {
            LOG.warn("The embedded PostgreSQL is not watched", e);
        }
    }

    private synchronized void restart() {
        for (int i = 1; i <= RESTARTS && !closing; i++) {
            LOG.warn("The embedded PostgreSQL ended; starting it again");
            int port = postgres.getPort();
            closeQuietly();
            try {
                postgres = launch(dataDirectory, port);
                LOG.warn("The embedded PostgreSQL is back");
                watch();
                return;
            } catch (Refusal e) {
                LOG.error(e.line());
            }
        }
    }

    String jdbcUrl() {
        return postgres.getJdbcUrl("postgres", DATABASE);
    }

    /** How a person reaches it: the argument of {@code psql}. */
    String psqlUrl() {
        return "postgresql://postgres@localhost:" + postgres.getPort() + "/" + DATABASE;
    }

    private static void createDatabase(EmbeddedPostgres postgres) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            var found =
                    statement.executeQuery(
                            "select 1 from pg_database where datname = '" + DATABASE + "'");
            if (!found.next()) {
                var _ = statement.execute("create database " + DATABASE);
            }
        }
    }

    /**
     * A first start that was killed half way leaves a cluster nothing was ever acknowledged from
     * and that no server can open. It is moved away, never deleted.
     */
    private static void setAsideUnfinished(Path dataDirectory, Instant now) throws IOException {
        Path cluster = cluster(dataDirectory);
        if (Files.exists(cluster)
                && Files.notExists(complete(dataDirectory))
                && !isEmpty(cluster)) {
            new OrphanedPostgres(cluster, binaries(dataDirectory)).stop();
            Path aside = cluster.resolveSibling("postgres-unfinished-" + now.toEpochMilli());
            Files.move(cluster, aside);
            LOG.warn("The first start did not finish; its half-made cluster is now {}", aside);
        }
    }

    /** The library would take files that a killed unpacking left half-written for whole ones. */
    private static void deleteUnfinished(Path binaries) throws IOException {
        if (Files.notExists(binaries)) {
            return;
        }
        try (Stream<Path> versions = Files.list(binaries)) {
            for (Path version : versions.toList()) {
                if (Files.notExists(version.resolve(".exists"))) {
                    var _ = FileSystemUtils.deleteRecursively(version);
                }
            }
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private void closeQuietly() {
        try {
            postgres.close();
        } catch (IOException e) {
            LOG.debug("the library's files", e);
        }
    }

    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            closeQuietly();
        }
    }
}
