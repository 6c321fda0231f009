package dev.kassa.database;

import dev.kassa.kernel.Refusal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
 * by a Kassa that was killed: it is stopped first.
 */
final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);

    /** Crash recovery replays the log before the server answers. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private static final String DATABASE = "kassa";

    /** The library turns these off for the speed of tests; here an acknowledged write must last. */
    private static final Map<String, String> DURABLE =
            Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");

    private final EmbeddedPostgres postgres;

    private EmbeddedServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /** Starts the server on a free port, making the cluster and the database if there is none. */
    static EmbeddedServer start(Path dataDirectory, InstantSource clock) {
        Path cluster = dataDirectory.resolve("postgres");
        Path binaries = dataDirectory.resolve("postgres-binaries");
        Path complete = cluster.resolve("kassa-complete");
        try {
            setAsideUnfinished(cluster, complete, clock.instant());
            stopLeftOver(cluster, binaries);
            deleteUnfinished(binaries);
            EmbeddedPostgres.Builder builder =
                    EmbeddedPostgres.builder()
                            .setDataDirectory(cluster)
                            .setCleanDataDirectory(false)
                            .setOverrideWorkingDirectory(binaries.toFile())
                            .setRegisterShutdownHook(false)
                            .setPGStartupWait(START_LIMIT)
                            .setOutputRedirector(log(dataDirectory))
                            .setErrorRedirector(log(dataDirectory))
                            .setServerConfig("listen_addresses", "localhost")
                            .setServerConfig("max_connections", "100");
            DURABLE.forEach((key, value) -> builder.setServerConfig(key, value));
            EmbeddedServer server = new EmbeddedServer(builder.start());
            // The library leaves it writable for everyone.
            OwnerOnly.close(binaries);
            server.createDatabase();
            if (Files.notExists(complete)) {
                Files.createFile(complete);
            }
            return server;
        } catch (IOException | IllegalStateException | SQLException e) {
            throw new Refusal(
                    "The embedded PostgreSQL did not start: "
                            + e.getMessage()
                            + ". Its log is "
                            + dataDirectory.resolve("postgres.log")
                            + ". As root it needs user namespaces (unshare -U); where they are"
                            + " forbidden, run as an ordinary user or set KASSA_DATABASE_URL.",
                    e);
        }
    }

    String jdbcUrl() {
        return postgres.getJdbcUrl("postgres", DATABASE);
    }

    /** How a person reaches it: the argument of {@code psql}. */
    String psqlUrl() {
        return "postgresql://postgres@localhost:" + postgres.getPort() + "/" + DATABASE;
    }

    private void createDatabase() throws SQLException {
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
    private static void setAsideUnfinished(Path cluster, Path complete, Instant now)
            throws IOException {
        if (Files.exists(cluster) && Files.notExists(complete) && !isEmpty(cluster)) {
            stopLeftOver(cluster, cluster.resolveSibling("postgres-binaries"));
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

    private static void stopLeftOver(Path cluster, Path binaries) throws IOException {
        Path pidFile = cluster.resolve("postmaster.pid");
        if (Files.notExists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        long pid = lines.isEmpty() ? 0 : Long.parseLong(lines.getFirst().strip());
        boolean running =
                ProcessHandle.of(pid).map(EmbeddedServer::isPostgres).orElse(Boolean.FALSE);
        if (!running) {
            // The number may belong to another program by now, and PostgreSQL would refuse to
            // start.
            Files.delete(pidFile);
            return;
        }
        LOG.info("Stopping the PostgreSQL (pid {}) that a killed server left over", pid);
        if (!pgCtl(binaries, cluster, "fast") && !pgCtl(binaries, cluster, "immediate")) {
            throw new Refusal(
                    "A PostgreSQL left over by a killed server (pid "
                            + pid
                            + ") does not stop. End it and start again.");
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.isAlive()
                && process.info()
                        .command()
                        .map(command -> Path.of(command).endsWith("postgres"))
                        .orElse(Boolean.FALSE);
    }

    private static boolean pgCtl(Path binaries, Path cluster, String mode) throws IOException {
        if (Files.notExists(binaries)) {
            return false;
        }
        Path pgCtl;
        try (Stream<Path> files =
                Files.find(binaries, 3, (path, a) -> path.endsWith("bin/pg_ctl"))) {
            pgCtl = files.findAny().orElse(null);
        }
        if (pgCtl == null) {
            return false;
        }
        List<String> stop =
                List.of(
                        pgCtl.toString(),
                        "stop",
                        "-D",
                        cluster.toString(),
                        "-m",
                        mode,
                        "-w",
                        "-t",
                        "30");
        // PostgreSQL's programs refuse to run as root; in a user namespace nobody is.
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> command =
                root ? Stream.concat(Stream.of("unshare", "-U"), stop.stream()).toList() : stop;
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return process.waitFor(40, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ProcessBuilder.Redirect log(Path dataDirectory) {
        return ProcessBuilder.Redirect.appendTo(dataDirectory.resolve("postgres.log").toFile());
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            LOG.warn("The embedded PostgreSQL did not stop cleanly", e);
        }
    }
}
