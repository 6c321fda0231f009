package dev.kassa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.testing.Answer;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From an empty database to a session in production, by the command line alone. */
class OperatorCommandsTest {
    private static final Path DATA = TestServer.temporary();
    private static final Map<String, String> SETTINGS = settings();

    private static String[] made;

    @BeforeAll
    static void create() throws InterruptedException {
        made = created().split(" ", -1);
    }

    private static Map<String, String> settings() {
        Map<String, String> all =
                new HashMap<>(TestServer.settings(TestPostgres.newDatabase(), DATA));
        all.put("KASSA_MODE", "production");
        all.put("KASSA_PUBLIC_URL", "https://pay.example/");
        all.put("KASSA_PORT", Integer.toString(free()));
        return all;
    }

    private static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> run(int code, String... command) throws InterruptedException {
        try (KassaProcess process = KassaProcess.run(DATA, SETTINGS, command)) {
            return process.endsWith(code);
        }
    }

    private static JsonNode json(String... command) throws InterruptedException {
        return Json.MAPPER.readTree(String.join("\n", run(0, command)));
    }

    private static String created() throws InterruptedException {
        assertThat(run(1, "merchant", "list"))
                .singleElement()
                .asString()
                .contains("./kassa migrate");
        assertThat(run(0, "migrate")).last().asString().contains("migrations were applied");
        assertThat(run(0, "migrate")).last().asString().isEqualTo("The database is up to date.");
        JsonNode merchant =
                json(
                        "merchant",
                        "create",
                        "--name",
                        "Skor",
                        "--country",
                        "se",
                        "--currency",
                        "SEK,EUR",
                        "--owner",
                        "ada@example.com",
                        "--json");
        assertThat(merchant.path("owner_invitation").asString())
                .matches("https://pay\\.example/portal/invitation/[\\w-]{32}");
        return merchant.path("merchant_id").asString() + " " + merchant.path("api_key").asString();
    }

    @Test
    void fromAnEmptyDatabaseToASession() throws Exception {
        String of = made[0];
        String location =
                json("location", "create", "--merchant", of, "--name", "Storgatan", "--json")
                        .path("location_id")
                        .asString();
        JsonNode restricted =
                json(
                        "key",
                        "create",
                        "--merchant",
                        of,
                        "--name",
                        "web",
                        "--permissions",
                        "sessions.read",
                        "--expires",
                        "2999-12-31",
                        "--json");
        try (KassaProcess server = KassaProcess.run(DATA, SETTINGS, "start")) {
            server.awaitLine("Ctrl-C stops it");
            URI url = URI.create("http://127.0.0.1:" + SETTINGS.get("KASSA_PORT"));
            TestClient api = new TestClient(url, "Basic " + made[1]);
            String code = api.post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
            Answer till = new TestClient(url, null).pair(code, "HW").is(201);
            assertThat(till.text("location_id")).isEqualTo(location);
            String cart = TestMerchant.cart(till.text("id"));
            String session = api.post("/ipp/v1/sessions", cart).is(200).text("session_id");
            assertThat(api.post("/ipp/v1/sessions", cart.replace("SEK", "NOK")).is(400).faults())
                    .contains("purchase_currency");
            TestClient reader =
                    new TestClient(url, "Basic " + restricted.path("api_key").asString());
            reader.get("/ipp/v1/sessions/" + session).is(200);
            reader.post("/ipp/v1/sessions", cart).is(403);
            whatIsTakenAway(of, restricted.path("api_username").asString(), till, url, reader);
        }
        assertThat(String.join("\n", run(0, "audit", "--merchant", of)).lines())
                .allMatch(line ->
                        Json.MAPPER.readTree(line).path("merchant_id").asString().equals(of))
                .anyMatch(line -> line.contains("\"operator:") && line.contains("key.revoked"))
                .anyMatch(line -> line.contains("\"api_key:") && line.contains("session.created"))
                .noneMatch(line -> line.contains(made[1]));
    }

    private void whatIsTakenAway(
            String of, String username, Answer till, URI url, TestClient reader) throws Exception {
        TestClient phone =
                new TestClient(url, "Bearer " + till.text("credentials", "bearer_token"));
        phone.get("/pos/v1/sessions").is(200);
        assertThat(run(0, "key", "revoke", "--merchant", of, username))
                .last()
                .asString()
                .contains("revoked");
        assertThat(run(0, "device", "deregister", "--merchant", of, till.text("id")))
                .last()
                .asString()
                .contains("deregistered");
        Await.until(
                Duration.ofSeconds(10),
                () ->
                        reader.plain(reader.request("/ipp/v1/devices")).statusCode() == 401
                                && phone.plain(phone.request("/pos/v1/sessions")).statusCode()
                                        == 401);
    }

    @Test
    void usersAreInvitedAndDisabled() throws Exception {
        String of = made[0];
        assertThat(
                        run(
                                0,
                                "user",
                                "invite",
                                "--merchant",
                                of,
                                "--role",
                                "manager",
                                "bo@example.com"))
                .anyMatch(line -> line.contains("https://pay.example/portal/invitation/"));
        assertThat(run(0, "user", "role", "--merchant", of, "bo@example.com", "support"))
                .last()
                .isEqualTo("bo@example.com is support now.");
        assertThat(run(0, "user", "reset", "--merchant", of, "--second-factor", "bo@example.com"))
                .anyMatch(line -> line.contains("https://pay.example/portal/invitation/"));
        assertThat(run(0, "user", "disable", "--merchant", of, "ada@example.com"))
                .last()
                .isEqualTo("ada@example.com is disabled.");
        assertThat(run(0, "user", "list", "--merchant", of))
                .anyMatch(line -> line.equals("bo@example.com: support, invited"))
                .anyMatch(
                        line -> line.startsWith("ada@example.com: owner, invited, disabled since"));
    }

    @Test
    void anotherMasterKeyIsRefusedInOneLine() throws Exception {
        Map<String, String> another = new HashMap<>(SETTINGS);
        another.put("KASSA_MASTER_KEY", "another key, of thirty-two characters");
        try (KassaProcess process = KassaProcess.run(DATA, another, "merchant", "show", made[0])) {
            assertThat(process.endsWith(1))
                    .filteredOn(line -> !line.startsWith("WARNING"))
                    .singleElement()
                    .asString()
                    .startsWith("kassa: KASSA_MASTER_KEY is not the key");
        }
    }

    @Test
    void whatCannotBeIsRefusedByName() throws Exception {
        String of = made[0];
        List<List<String>> refused =
                AtOnce.run(
                        List.of(
                                () ->
                                        run(
                                                1,
                                                "user",
                                                "invite",
                                                "--merchant",
                                                of,
                                                "--role",
                                                "king",
                                                "x@y.z"),
                                () ->
                                        run(
                                                1,
                                                "user",
                                                "invite",
                                                "--merchant",
                                                of,
                                                "--role",
                                                "clerk",
                                                "nobody"),
                                () -> run(1, "user", "disable", "--merchant", of, "x@y.z"),
                                () ->
                                        run(
                                                1,
                                                "key",
                                                "create",
                                                "--merchant",
                                                of,
                                                "--permissions",
                                                "fly"),
                                () -> run(1, "key", "list", "--merchant", "K0"),
                                () ->
                                        run(
                                                1,
                                                "merchant",
                                                "create",
                                                "--name",
                                                "x",
                                                "--country",
                                                "ZZ",
                                                "--currency",
                                                "SEK")));
        assertThat(refused.stream().map(lines -> String.join(" ", lines)).toList())
                .satisfiesExactly(
                        one -> assertThat(one).contains("There is no role 'king'"),
                        one -> assertThat(one).contains("must be an e-mail address"),
                        one -> assertThat(one).contains("has no user x@y.z"),
                        one -> assertThat(one).contains("There is no permission 'fly'"),
                        one -> assertThat(one).contains("merchant"),
                        one -> assertThat(one).contains("--country is a country"));
    }
}
