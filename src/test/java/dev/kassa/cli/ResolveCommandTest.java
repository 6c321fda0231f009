package dev.kassa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code kassa pending} and {@code kassa resolve}, as processes beside a running server. */
class ResolveCommandTest {
    private static List<String> run(
            Path data, Map<String, String> settings, int code, String... command)
            throws InterruptedException {
        try (KassaProcess process = KassaProcess.run(data, settings, command)) {
            return process.endsWith(code);
        }
    }

    private static String[] resolve(String id, String as, String... more) {
        return Stream.concat(
                        Stream.of("resolve", id, "--as", as, "--by", "Ada", "--why", "seen there"),
                        Arrays.stream(more))
                .toArray(String[]::new);
    }

    private static JsonNode json(List<String> lines) {
        String text =
                lines.stream()
                        .dropWhile(line -> !line.startsWith("["))
                        .collect(Collectors.joining("\n"));
        return Json.MAPPER.readTree(text);
    }

    /** A server of the operator's own database, with its loops: it learns of it by itself. */
    @Test
    void aRunningServerNotices() throws Exception {
        TestServer server = TestServer.shared();
        TestMerchant merchant = server.merchant();
        TestMerchant.TestDevice device = merchant.device();
        Path data = TestServer.temporary();
        Map<String, String> settings = TestServer.settings(server.databaseUrl(), data);
        String session = merchant.session(device);
        merchant.api()
                .put(
                        "/ipp/v1/dev/sessions/" + session + "/provider-faults",
                        "{\"faults\": "
                                + Stream.of("START", "LOOKUP")
                                        .flatMap(call ->
                                                TestOrder.fault(call, "LOST_REPLY", 50).stream())
                                        .toList()
                                + "}")
                .is(200);
        try (DeviceStream stream = DeviceStream.open(device, null);
                Endpoint endpoint = Endpoint.open(Endpoint.status(200))) {
            var _ = TestDestination.create(merchant, "shop", endpoint.url());
            String payment = device.attach(session).is(200).text("payment", "attempt_id");

            List<String> text = run(data, settings, 0, "pending", "--older-than", "0s");
            assertThat(text)
                    .as("it says nothing else")
                    .noneMatch(line -> line.contains("WARN") || line.contains("Exception"))
                    .anyMatch(line -> line.endsWith("payment " + payment))
                    .anyMatch(line ->
                            line.endsWith(
                                    "2400.00 SEK at simulator, merchant " + merchant.id().value()))
                    .anyMatch(line -> line.contains("paid, declined, failed, cancelled"));
            JsonNode listed =
                    json(run(data, settings, 0, "pending", "--older-than", "0s", "--json"))
                            .values()
                            .stream()
                            .filter(one -> one.path("id").asString().equals(payment))
                            .findFirst()
                            .orElseThrow();
            assertThat(listed.path("kind").asString()).isEqualTo("payment");
            assertThat(listed.path("amount").asLong()).isEqualTo(240_000);
            assertThat(listed.path("currency").asString()).isEqualTo("SEK");
            assertThat(listed.path("session_id").asString()).isEqualTo(session);
            assertThat(listed.path("age_seconds").isIntegralNumber()).isTrue();
            assertThat(json(run(data, settings, 0, "pending", "--older-than", "2h", "--json")))
                    .noneMatch(one -> one.path("id").asString().equals(payment));

            assertThat(run(data, settings, 1, resolve(payment, "refunded")))
                    .last()
                    .asString()
                    .contains("2400.00 SEK can be resolved as paid, declined, failed, cancelled");
            List<String> done =
                    run(
                            data,
                            settings,
                            0,
                            resolve(
                                    payment,
                                    "paid",
                                    "--evidence",
                                    "line 3",
                                    "--reference",
                                    "pi_1"));
            assertThat(done).last().asString().contains("APPROVED now, by the word of Ada");
            assertThat(stream.until("APPROVED").status()).isEqualTo("FINALIZED");
            Await.until(
                    "the webhook",
                    TestDestination.PATIENCE,
                    () ->
                            endpoint.received.stream()
                                    .anyMatch(one -> one.body().contains("ipp.session.finalized")));
            assertThat(
                            server.texts(
                                    "select provider_reference from attempt where attempt_id ="
                                            + " ?::uuid",
                                    payment))
                    .containsExactly("pi_1");
            assertThat(run(data, settings, 1, resolve(payment, "paid")))
                    .last()
                    .asString()
                    .contains("has been APPROVED since");
        }
    }

    /** The embedded database of a playground, found through its data directory while it runs. */
    @Test
    void theEmbeddedDatabaseOfARunningPlayground() throws Exception {
        Path data = TestServer.temporary();
        assertThat(run(data, Map.of(), 1, "pending"))
                .singleElement()
                .asString()
                .contains("No embedded database runs in " + data);
        try (KassaProcess server = KassaProcess.start(data)) {
            PlaygroundEnv keys = PlaygroundEnv.read(data);
            TestClient api =
                    new TestClient(
                            URI.create(keys.get("KASSA_URL")),
                            "Basic " + keys.get("KASSA_API_KEY"));
            Answer device = api.post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").is(201);
            String session =
                    api.post("/ipp/v1/sessions", TestMerchant.cart(device.text("id")))
                            .is(200)
                            .text("session_id");
            String payment =
                    new TestMerchant.TestDevice(
                                    device.text("id"),
                                    new TestClient(
                                            URI.create(keys.get("KASSA_URL")),
                                            "Bearer " + device.text("credentials", "bearer_token")))
                            .attach(session)
                            .is(200)
                            .text("payment", "attempt_id");
            assertThat(json(run(data, Map.of(), 0, "pending", "--older-than", "0s", "--json")))
                    .singleElement()
                    .satisfies(one -> assertThat(one.path("id").asString()).isEqualTo(payment));
            run(data, Map.of(), 0, resolve(payment, "declined"));
            assertThat(run(data, Map.of(), 0, "timeline", session))
                    .anyMatch(line ->
                            line.contains(
                                    "resolved_declined seen there payment by Ada " + payment));
            assertThat(server.pid()).isPositive();
        }
    }

    /** What a person can mend is one line, and nothing is opened for it. */
    @Test
    void wordsThatAreNone() throws Exception {
        Path data = TestServer.temporary();
        assertThat(run(data, Map.of(), 1, resolve("7", "paid")))
                .singleElement()
                .asString()
                .contains("./kassa pending lists them");
        assertThat(run(data, Map.of(), 1, resolve(UUID.randomUUID().toString(), "lost")))
                .singleElement()
                .asString()
                .contains("--as is one of paid, declined");
        assertThat(run(data, Map.of(), 1, "pending", "--older-than", "soon"))
                .singleElement()
                .asString()
                .contains("--older-than is a time such as");
    }
}
