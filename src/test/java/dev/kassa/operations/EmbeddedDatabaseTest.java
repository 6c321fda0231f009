package dev.kassa.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.server.PlaygroundEnv;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a user runs it: its own process, its own PostgreSQL, and SIGKILL. */
class EmbeddedDatabaseTest {
    @TempDir Path parent;

    private Path data() {
        return parent.resolve("data");
    }

    private TestClient merchant() {
        PlaygroundEnv env = PlaygroundEnv.read(data());
        return new TestClient(
                URI.create(env.get("KASSA_URL")), "Basic " + env.get("KASSA_API_KEY"));
    }

    private static long postgresPid(Path data) throws IOException {
        return Long.parseLong(
                Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst().strip());
    }

    @Test
    void demoRunsOnceAndEndsWell() throws InterruptedException {
        try (KassaProcess demo = KassaProcess.run(data(), Map.of(), "demo", "--once")) {
            List<String> output = demo.endsWith(0);
            assertThat(output)
                    .anyMatch(line -> line.contains("server up"))
                    .anyMatch(line -> line.matches(".*device told.* ms after the request.*"))
                    .anyMatch(line -> line.contains("card declined"))
                    .anyMatch(line -> line.contains("FINALIZED"));
            assertThat(output.stream().filter(line -> line.contains("signature verified")))
                    .hasSize(6);
            assertThat(String.join("", output)).doesNotContain("\u001b");
        }
        assertThat(data().resolve("postgres/postmaster.pid")).doesNotExist();
    }

    /** Acknowledged is kept, whatever is killed while requests are being answered. */
    @Test
    void nothingAcknowledgedIsLostByKill() throws Exception {
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        CountDownLatch enough = new CountDownLatch(200);
        KassaProcess killed = KassaProcess.start(data());
        long postgres = postgresPid(data());
        TestClient api = merchant();
        // Each has a limit of open sessions.
        List<String> devices = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            devices.add(api.post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").is(201).text("id"));
        }
        Thread load =
                Thread.ofVirtual().start(() -> createUntilDead(api, devices, acknowledged, enough));
        enough.await();
        killed.kill();
        load.join();

        assertThat(ProcessHandle.of(postgres)).as("left over").isPresent();
        try (KassaProcess again = KassaProcess.start(data())) {
            assertThat(ProcessHandle.of(postgres)).as("stopped").isEmpty();
            for (String session : acknowledged) {
                assertThat(merchant().get("/ipp/v1/sessions/" + session).is(200).text("status"))
                        .isEqualTo("CREATED");
            }
            again.terminate();
            again.endsWith(143);
        }
        assertThat(data().resolve("postgres/postmaster.pid")).doesNotExist();
    }

    private static void createUntilDead(
            TestClient api,
            List<String> devices,
            Queue<String> acknowledged,
            CountDownLatch enough) {
        for (int i = 0; ; i++) {
            try {
                String device = devices.get(i % devices.size());
                Answer answer = api.post("/ipp/v1/sessions", TestMerchant.cart(device));
                acknowledged.add(answer.is(200).text("session_id"));
                enough.countDown();
            } catch (UncheckedIOException e) {
                return;
            }
        }
    }

    @Test
    void aDemoThatWasKilledDoesNotSpoilTheNext() throws InterruptedException {
        KassaProcess killed = KassaProcess.run(data(), Map.of(), "demo");
        killed.awaitLine("payment attached");
        killed.kill();
        try (KassaProcess again = KassaProcess.run(data(), Map.of(), "demo", "--once")) {
            again.endsWith(0);
        }
    }

    /** PostgreSQL is killed, not Kassa: it is started again, and nothing acknowledged is lost. */
    @Test
    void aKilledPostgresIsStartedAgain() throws Exception {
        try (KassaProcess server = KassaProcess.start(data())) {
            TestClient api = merchant();
            String device =
                    api.post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").is(201).text("id");
            String session =
                    api.post("/ipp/v1/sessions", TestMerchant.cart(device))
                            .is(200)
                            .text("session_id");
            ProcessHandle postgres = ProcessHandle.of(postgresPid(data())).orElseThrow();
            assertThat(postgres.destroyForcibly()).isTrue();
            server.awaitLine("PostgreSQL is back");
            Answer answer = api.get("/ipp/v1/sessions/" + session);
            for (int i = 0; i < 20 && answer.response().statusCode() == 503; i++) {
                answer = api.get("/ipp/v1/sessions/" + session);
            }
            assertThat(answer.is(200).text("status")).isEqualTo("CREATED");
        }
    }

    @Test
    void aClusterThatCannotStartIsToldAtOnceInPostgresOwnWords() throws Exception {
        KassaProcess.start(data()).close();
        Path conf = data().resolve("postgres/postgresql.conf");
        Files.writeString(conf, Files.readString(conf) + "\ngarbage_setting = 1\n");
        try (KassaProcess start = KassaProcess.run(data(), Map.of(), "start")) {
            assertThat(String.join("\n", start.endsWith(1)))
                    .contains("kassa: The embedded PostgreSQL did not start", "postgres.log")
                    .doesNotContain("user namespaces");
        }
    }

    @Test
    void aSignalDuringTheStartLeavesNothingRunning() throws Exception {
        KassaProcess.start(data()).close();
        KassaProcess starting = KassaProcess.run(data(), Map.of(), "start");
        Path pidFile = data().resolve("postgres/postmaster.pid");
        Await.until(Duration.ofMinutes(1), () -> Files.exists(pidFile));
        starting.terminate();
        starting.endsWith(143);
        assertThat(pidFile).doesNotExist();
    }

    @Test
    void aLostMasterKeyCostsTheSecretsAndNotTheStart() throws Exception {
        Map<String, String> webhook = Map.of("KASSA_WEBHOOK_URL", "http://127.0.0.1:9/hook");
        try (KassaProcess first = KassaProcess.run(data(), webhook, "start")) {
            first.awaitLine("Ctrl-C stops it");
        }
        String before = PlaygroundEnv.read(data()).get("KASSA_WEBHOOK_SECRET");
        Files.delete(data().resolve("master.key"));
        try (KassaProcess second = KassaProcess.run(data(), webhook, "start")) {
            second.awaitLine("Ctrl-C stops it");
        }
        assertThat(PlaygroundEnv.read(data()).get("KASSA_WEBHOOK_SECRET"))
                .startsWith("whsec_")
                .isNotEqualTo(before);
    }

    @Test
    void durabilityIsOnAndSurvivesARestart() throws Exception {
        try (KassaProcess first = KassaProcess.start(data())) {
            first.terminate();
            first.endsWith(143);
        }
        try (KassaProcess second = KassaProcess.run(data(), Map.of(), "start")) {
            String url =
                    second.awaitLine("psql postgresql://")
                            .replaceFirst(".*psql postgresql://postgres@", "jdbc:postgresql://");
            assertThat(show(url, "fsync")).isEqualTo("on");
            assertThat(show(url, "synchronous_commit")).isEqualTo("on");
            assertThat(show(url, "full_page_writes")).isEqualTo("on");
        }
    }

    private static String show(String url, String setting) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                var row = connection.createStatement().executeQuery("show " + setting)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    @Test
    void aSecondServerOnTheSameDirectoryIsRefused() throws InterruptedException {
        try (KassaProcess first = KassaProcess.start(data());
                KassaProcess second = KassaProcess.run(data(), Map.of(), "start")) {
            assertThat(second.endsWith(1))
                    .singleElement()
                    .asString()
                    .startsWith("kassa: Another Kassa server (pid " + first.pid() + ")")
                    .contains("KASSA_DATA_DIR");
        }
    }

    /** In a container the number in an old pid file is soon another program's. */
    @Test
    void aPidFileThatNamesAnotherProgramIsNoDeadEnd() throws Exception {
        KassaProcess killed = KassaProcess.start(data());
        long postgres = postgresPid(data());
        killed.kill();
        ProcessHandle left = ProcessHandle.of(postgres).orElseThrow();
        List<ProcessHandle> family = Stream.concat(Stream.of(left), left.descendants()).toList();
        family.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : family) {
            process.onExit().join();
        }
        Path pidFile = data().resolve("postgres/postmaster.pid");
        List<String> lines = Files.readAllLines(pidFile);
        lines.set(0, Long.toString(ProcessHandle.current().pid()));
        Files.write(pidFile, lines);
        KassaProcess.start(data()).close();
        Files.writeString(pidFile, "garbage");
        KassaProcess.start(data()).close();
    }

    @Test
    void aFirstStartThatWasKilledHalfWayIsSetAside() throws Exception {
        Files.createDirectories(data().resolve("postgres/base"));
        Files.writeString(data().resolve("postgres/postgresql.conf"), "# half-made");
        Files.createDirectories(data().resolve("postgres-binaries/PG-half/bin"));
        Files.writeString(data().resolve("postgres-binaries/PG-half/bin/initdb"), "half");
        KassaProcess.start(data()).close();
        try (Stream<Path> files = Files.list(data())) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("postgres-unfinished-"));
        }
        assertThat(data().resolve("postgres-binaries/PG-half")).doesNotExist();
    }
}
