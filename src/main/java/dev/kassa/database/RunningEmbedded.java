package dev.kassa.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The embedded PostgreSQL of a server that runs, as another process of this machine finds it. */
public final class RunningEmbedded {
    /** Who may connect to it, from this machine and without a password. */
    public static final String USER = "postgres";

    /** The line of PostgreSQL's pid file with its port. */
    private static final int PORT_LINE = 3;

    private RunningEmbedded() {}

    /** Its JDBC URL; empty when none runs in this data directory, or none that has come up. */
    public static Optional<String> jdbcUrl(Path dataDirectory) throws IOException {
        try {
            List<String> lines =
                    Files.readAllLines(dataDirectory.resolve("postgres").resolve("postmaster.pid"));
            return lines.size() <= PORT_LINE
                    ? Optional.empty()
                    : Optional.of(
                            "jdbc:postgresql://localhost:"
                                    + Integer.parseInt(lines.get(PORT_LINE).strip())
                                    + "/kassa");
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
