package dev.kassa.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;

/** The log of the embedded PostgreSQL, from where it stood when a start began. */
final class PostgresLog {
    private static final long KEPT_BYTES = 10L << 20;
    private static final String GAVE_UP = "could not start server";

    private final Path file;
    private final long from;

    private PostgresLog(Path file, long from) {
        this.file = file;
        this.from = from;
    }

    /** Begins a log, setting one that has grown large aside. */
    static PostgresLog begin(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve("postgres.log");
        if (Files.exists(file) && Files.size(file) > KEPT_BYTES) {
            var _ =
                    Files.move(
                            file,
                            dataDirectory.resolve("postgres.log.1"),
                            StandardCopyOption.REPLACE_EXISTING);
        }
        return new PostgresLog(file, Files.exists(file) ? Files.size(file) : 0);
    }

    ProcessBuilder.Redirect redirect() {
        return ProcessBuilder.Redirect.appendTo(file.toFile());
    }

    /** Whether PostgreSQL said that it will not start. */
    boolean gaveUp() {
        return since().contains(GAVE_UP);
    }

    /** The reason in PostgreSQL's own words, or an empty text. */
    String reason() {
        List<String> lines =
                since().lines()
                        .filter(line -> line.contains("FATAL:") || line.contains("HINT:"))
                        .map(line -> line.replaceFirst("^.*?(FATAL|HINT): +", ""))
                        .toList();
        return lines.stream().skip(Math.max(0, lines.size() - 2)).collect(Collectors.joining(" "));
    }

    private String since() {
        try {
            byte[] all = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            int start = (int) Math.min(from, all.length);
            return new String(all, start, all.length - start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
