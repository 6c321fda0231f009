package dev.kassa.database;

import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and stops the PostgreSQL that a killed Kassa left running on a cluster. The caller holds
 * the lock of the data directory, so nobody else can be using it.
 */
final class OrphanedPostgres {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedPostgres.class);

    /** PostgreSQL writes its start time in whole seconds, a moment after the process began. */
    private static final Duration START_TOLERANCE = Duration.ofSeconds(5);

    private final Path cluster;
    private final Path binaries;

    OrphanedPostgres(Path cluster, Path binaries) {
        this.cluster = cluster;
        this.binaries = binaries;
    }

    void stop() throws IOException {
        Path pidFile = cluster.resolve("postmaster.pid");
        if (Files.notExists(pidFile)) {
            return;
        }
        Optional<ProcessHandle> postmaster = postmaster(Files.readAllLines(pidFile));
        if (postmaster.isEmpty()) {
            // The number may belong to another program by now, and PostgreSQL would refuse to
            // start.
            Files.delete(pidFile);
            return;
        }
        long pid = postmaster.get().pid();
        LOG.info("Stopping the PostgreSQL (pid {}) that a killed server left over", pid);
        if (!pgCtl("fast") && !pgCtl("immediate")) {
            throw new Refusal(
                    "A PostgreSQL left over by a killed server (pid "
                            + pid
                            + ") does not stop. End it and start again.");
        }
    }

    /** The process that wrote the pid file: line 1 is its number, line 3 when it started. */
    private static Optional<ProcessHandle> postmaster(List<String> lines) {
        try {
            Instant started = Instant.ofEpochSecond(Long.parseLong(lines.get(2).strip()));
            return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> isPostgres(process) && startedAt(process, started));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString().startsWith("postgres"))
                .orElse(Boolean.FALSE);
    }

    private static boolean startedAt(ProcessHandle process, Instant started) {
        return process.info()
                .startInstant()
                .map(start -> Duration.between(start, started).abs())
                .map(difference -> difference.compareTo(START_TOLERANCE) <= 0)
                .orElse(Boolean.TRUE);
    }

    private boolean pgCtl(String mode) throws IOException {
        Optional<Path> pgCtl = findPgCtl();
        if (pgCtl.isEmpty()) {
            return false;
        }
        Stream<String> stop =
                Stream.of(pgCtl.get(), "stop", "-D", cluster, "-m", mode, "-w", "-t", "30")
                        .map(Object::toString);
        // PostgreSQL's programs refuse to run as root; in a user namespace nobody is.
        boolean root = "root".equals(System.getProperty("user.name"));
        Stream<String> command = root ? Stream.concat(Stream.of("unshare", "-U"), stop) : stop;
        Process process =
                new ProcessBuilder(command.toList())
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

    private Optional<Path> findPgCtl() throws IOException {
        if (Files.notExists(binaries)) {
            return Optional.empty();
        }
        try (Stream<Path> files =
                Files.find(
                        binaries,
                        3,
                        (path, a) -> path.getFileName().toString().startsWith("pg_ctl"))) {
            return files.findAny();
        }
    }
}
