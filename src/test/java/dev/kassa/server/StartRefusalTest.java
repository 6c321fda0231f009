package dev.kassa.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestPostgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person at the terminal can mend is told in one line, with exit code 1. */
class StartRefusalTest {
    @TempDir Path data;

    private void refused(Map<String, String> settings, String... parts)
            throws InterruptedException {
        try (KassaProcess start = KassaProcess.run(data, settings, "start")) {
            assertThat(start.endsWith(1))
                    .singleElement()
                    .asString()
                    .startsWith("kassa: ")
                    .contains(parts);
        }
    }

    private static Map<String, String> database(String url) {
        Map<String, String> settings = new HashMap<>();
        settings.put("KASSA_DATABASE_URL", url);
        settings.put("KASSA_DATABASE_USER", "postgres");
        return settings;
    }

    @Test
    void takenPort() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            refused(Map.of("KASSA_PORT", port), port, "KASSA_PORT");
        }
    }

    @Test
    void dataDirectoryThatCannotBe() throws IOException, InterruptedException {
        Path file = Files.createFile(data.resolve("file"));
        refused(
                Map.of("KASSA_DATA_DIR", file.resolve("data").toString()),
                "Cannot write to the data directory",
                "KASSA_DATA_DIR");
    }

    @Test
    void databaseThatDoesNotAnswer() throws InterruptedException {
        refused(database("jdbc:postgresql://127.0.0.1:1/kassa"), "Cannot use the database");
    }

    @Test
    void databaseThatDoesNotExist() throws InterruptedException {
        String url = TestPostgres.newDatabase().replace("test_", "missing_");
        refused(database(url), "does not exist", "KASSA_DATABASE_URL");
    }

    @Test
    void settings() throws InterruptedException {
        refused(Map.of("KASSA_PROT", "1", "KASSA_MODE", "x"), "KASSA_PROT", "KASSA_MODE");
    }

    @Test
    void certificateThatIsNotThere() throws InterruptedException {
        refused(
                Map.of("KASSA_TLS_CERTIFICATE", "missing.crt", "KASSA_TLS_KEY", "missing.key"),
                "KASSA_TLS_CERTIFICATE",
                "missing.crt");
    }

    /** The embedded library's own default, which can lose what was acknowledged. */
    @Test
    void databaseWithoutDurability() throws IOException, InterruptedException {
        try (EmbeddedPostgres unsafe = EmbeddedPostgres.start()) {
            refused(database(unsafe.getJdbcUrl("postgres", "postgres")), "fsync off");
        }
    }

    @Test
    void unknownCommandsAndHelp() throws InterruptedException {
        try (KassaProcess help = KassaProcess.run(data, Map.of(), "--help")) {
            assertThat(String.join("\n", help.endsWith(0))).contains("demo", "start", "tap");
        }
        try (KassaProcess unknown = KassaProcess.run(data, Map.of(), "strat")) {
            assertThat(String.join("\n", unknown.endsWith(2))).contains("start");
        }
        try (KassaProcess tap = KassaProcess.run(data, Map.of(), "tap", "x")) {
            assertThat(tap.endsWith(1)).singleElement().asString().contains("playground.env");
        }
    }
}
