package dev.kassa.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;

/** What operators watch: health, metrics, traces and the log. */
class MonitoringTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Map<String, String> MANAGED = Map.of("KASSA_MANAGEMENT_PORT", "0");

    /** A sample of the text format: a name, labels, a value; nothing else on the line. */
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "[a-zA-Z_:][a-zA-Z0-9_:]*(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\\n]|\\\\[\"\\\\n])*\","
                            + "?)*})? (NaN|[+-]Inf|[-+0-9.Ee]+)");

    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"([^\"]*)\"");

    /** What is drawn for each session, device, order, event or merchant. */
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}|kevt_|[0-9a-f]{16}|\\d{5}|[A-Za-z0-9]{20}");

    private static URI management(TestServer server) {
        String port =
                server.server.part(Environment.class).getProperty("local.management.port", "0");
        return URI.create("http://127.0.0.1:" + port);
    }

    private static HttpResponse<String> get(TestServer server, String path) {
        TestClient client = new TestClient(management(server), null);
        return client.plain(client.request("/actuator/" + path));
    }

    private static List<String> samples(TestServer server) {
        HttpResponse<String> answer = get(server, "prometheus");
        assertThat(answer.statusCode()).isEqualTo(200);
        return samples(answer.body());
    }

    private static List<String> samples(String text) {
        return text.lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static double value(TestServer server, String series) {
        return samples(server).stream()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series));
    }

    private static Set<String> series(TestServer server) {
        return samples(server).stream()
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A bit of everything, with ids of its own in paths, queries and bodies. */
    private static void traffic(TestServer server) throws Exception {
        TestMerchant merchant = server.merchant();
        TestMerchant.TestDevice device = merchant.device();
        try (Endpoint endpoint = Endpoint.open(Endpoint.status(200));
                DeviceStream stream = DeviceStream.open(device, null)) {
            var _ = TestDestination.create(merchant, "shop", endpoint.url());
            String paid = merchant.session(device);
            assertThat(stream.next().session()).isEqualTo(paid);
            merchant.tap(paid, "SUCCESS").is(200);
            Await.until(
                    PATIENCE,
                    () ->
                            endpoint.received.stream()
                                    .anyMatch(request ->
                                            request.body().contains("ipp.session.finalized")));
        }
        String cancelled = merchant.session(device);
        merchant.cancel(cancelled).is(200);
        merchant.tap(cancelled, "SUCCESS").is(409);
        merchant.api().get("/ipp/v1/sessions/" + UUID.randomUUID()).is(404);
        TestClient anyone = new TestClient(server.url(), null);
        for (String path :
                List.of(
                        "/nothing/" + UUID.randomUUID(),
                        "/ipp/v1/sessions/" + UUID.randomUUID(),
                        "/%69pp/v1/" + UUID.randomUUID())) {
            var _ = anyone.plain(anyone.request(path)).statusCode();
        }
        HttpRequest.Builder odd =
                anyone.request("/ipp/v1/sessions")
                        .method(
                                "M"
                                        + Integer.toHexString(UUID.randomUUID().hashCode())
                                                .toUpperCase(Locale.ROOT),
                                HttpRequest.BodyPublishers.noBody());
        var _ = anyone.plain(odd).statusCode();
    }

    @Test
    void metricsAreInTheFieldsTerms() throws Exception {
        try (TestServer server = TestServer.start(MANAGED)) {
            traffic(server);
            assertThat(samples(server)).allMatch(line -> SAMPLE.matcher(line).matches());
            assertThat(value(server, "kassa_sessions_total{status=\"CREATED\"}")).isEqualTo(2);
            assertThat(value(server, "kassa_sessions_total{status=\"ACTIVE\"}")).isEqualTo(1);
            assertThat(value(server, "kassa_sessions_total{status=\"FINALIZED\"}")).isEqualTo(1);
            assertThat(value(server, "kassa_sessions_total{status=\"CANCELLED\"}")).isEqualTo(1);
            assertThat(
                            value(
                                    server,
                                    "kassa_attempts_total{outcome=\"APPROVED\",provider=\"simulator\"}"))
                    .isEqualTo(1);
            assertThat(value(server, "kassa_dispatch_seconds_count")).isPositive();
            assertThat(value(server, "kassa_streams")).isZero();
            assertThat(value(server, "kassa_reconciler_lag_seconds")).isZero();
            assertThat(value(server, "kassa_movement_lag_seconds")).isZero();
            assertThat(value(server, "hikaricp_connections_max{pool=\"kassa\"}")).isPositive();
            assertThat(series(server))
                    .anyMatch(one ->
                            one.startsWith("kassa_provider_call_seconds_count{call=\"start\""))
                    .anyMatch(one -> one.startsWith("kassa_webhook_try_seconds_count"))
                    .anyMatch(one -> one.startsWith("kassa_webhook_lag_seconds"));
        }
    }

    /** As {@code promtool check metrics} wants it. */
    @Test
    void everyMetricHasItsHelpAndType() throws Exception {
        try (TestServer server = TestServer.start(MANAGED)) {
            traffic(server);
            String text = get(server, "prometheus").body();
            Set<String> named = new TreeSet<>();
            for (String line : text.lines().toList()) {
                if (line.startsWith("# TYPE ")) {
                    named.add(line.replaceFirst("# TYPE (\\S+) .*", "$1"));
                }
            }
            assertThat(named).isNotEmpty();
            assertThat(named)
                    .allSatisfy(
                            name -> assertThat(text).containsPattern("# HELP " + name + " \\S"));
            assertThat(samples(text))
                    .allSatisfy(line -> {
                        String name = line.replaceFirst("[ {].*", "");
                        String base = name.replaceFirst("_(bucket|count|sum|gcount|gsum)$", "");
                        assertThat(named).containsAnyOf(name, base);
                    });
        }
    }

    /** The same traffic with other ids, merchants, devices and methods makes no new series. */
    @Test
    void noLabelGrowsWithTheTraffic() throws Exception {
        try (TestServer server = TestServer.start(MANAGED)) {
            traffic(server);
            Set<String> once = series(server);
            assertThat(once)
                    .anyMatch(one -> LABEL.matcher(one).find())
                    .allSatisfy(one -> {
                        Matcher label = LABEL.matcher(one);
                        while (label.find()) {
                            assertThat(label.group(2)).as(one).doesNotContainPattern(ID);
                        }
                    });
            traffic(server);
            Set<String> more = series(server);
            more.removeAll(once);
            more.removeIf(one -> one.startsWith("jvm_"));
            assertThat(more).isEmpty();
        }
    }

    @Test
    void nothingOfItIsOnThePublicPort() {
        TestClient anyone = new TestClient(TestServer.shared().url(), null);
        for (String path : List.of("", "/health", "/health/readiness", "/prometheus", "/env")) {
            assertThat(anyone.plain(anyone.request("/actuator" + path)).statusCode())
                    .isEqualTo(404);
        }
        try (TestServer server = TestServer.start(MANAGED)) {
            TestClient managed = new TestClient(server.url(), null);
            assertThat(managed.plain(managed.request("/actuator/health")).statusCode())
                    .isEqualTo(404);
            assertThat(get(server, "env").statusCode()).isEqualTo(404);
            assertThat(get(server, "health").statusCode()).isEqualTo(200);
        }
    }

    /** What the readiness is made of; what is down beside it takes no node out of service. */
    private static Set<String> readiness(TestServer server) {
        Set<String> parts = new TreeSet<>();
        Answer.of(get(server, "health/readiness"))
                .json()
                .path("components")
                .propertyNames()
                .forEach(parts::add);
        assertThat(parts).contains("database");
        return parts;
    }

    /** An attempt that nobody asks about is a fault to wake somebody for, not to leave service. */
    @Test
    void aLagIsToldAndKeepsTheNodeReady() {
        try (TestServer server = TestServer.start(MANAGED).withoutLoops()) {
            TestMerchant merchant = server.merchant();
            TestMerchant.TestDevice device = merchant.device();
            TestOrder order = TestOrder.paid(merchant, device);
            order.fault("REFUND", "LOST_REQUEST");
            order.refund(100).is(201);
            device.attach(merchant.session(device)).is(200);
            server.clock.advance(Duration.ofMinutes(2));
            HttpResponse<String> health = get(server, "health");
            assertThat(health.statusCode()).isEqualTo(503);
            JsonNode parts = Answer.of(health).json().path("components");
            assertThat(parts.path("reconcilerLag").path("status").asString()).isEqualTo("DOWN");
            assertThat(parts.path("movementLag").path("status").asString()).isEqualTo("DOWN");
            assertThat(parts.path("deliveryLag").path("status").asString()).isEqualTo("UP");
            assertThat(readiness(server))
                    .doesNotContain("reconcilerLag", "movementLag", "deliveryLag");
            assertThat(value(server, "kassa_reconciler_lag_seconds")).isGreaterThan(60);
            assertThat(value(server, "kassa_movement_lag_seconds")).isGreaterThan(60);
        }
    }

    /** Nobody but a person can do anything about a provider that does not answer. */
    @Test
    void anUnansweredPaymentIsToldAndKeepsTheNodeReady() {
        try (TestServer server = TestServer.start(MANAGED).withoutLoops()) {
            TestMerchant merchant = server.merchant();
            TestMerchant.TestDevice device = merchant.device();
            device.attach(merchant.session(device)).is(200);
            server.jdbc.sql("update attempt set provider = 'gone'").update();
            TestMerchant.TestDevice other = merchant.device();
            other.attach(merchant.session(other)).is(200);
            for (int i = 0; i < 2; i++) {
                server.clock.advance(Duration.ofMinutes(16));
                server.reconcile();
            }
            HttpResponse<String> health = get(server, "health");
            assertThat(health.statusCode()).isEqualTo(503);
            JsonNode age = Answer.of(health).json().at("/components/pendingAge");
            assertThat(age.path("status").asString()).isEqualTo("DOWN");
            JsonNode details = age.path("details");
            assertThat(details.path("payment_age_seconds").asDouble()).isBetween(960.0, 1000.0);
            assertThat(details.path("payment_last_answer").asString())
                    .isEqualTo("gone: There is no provider 'gone' in this deployment to ask.");
            assertThat(details.path("what_to_do").asString()).contains("./kassa pending");
            assertThat(details.path("refund_age_seconds").asDouble()).isZero();
            assertThat(details.path("limit_seconds").asInt()).isEqualTo(900);
            assertThat(readiness(server)).doesNotContain("pendingAge");
            assertThat(value(server, "kassa_pending_age_seconds{kind=\"payment\"}"))
                    .isGreaterThan(900);
            for (String kind : List.of("reversal", "capture", "refund", "release")) {
                assertThat(value(server, "kassa_pending_age_seconds{kind=\"" + kind + "\"}"))
                        .isZero();
            }
        }
    }

    /** The load balancer hears of the stop before any request is refused. */
    @Test
    void aStoppingServerIsNotReadyAndStillServes() throws Exception {
        TestServer server =
                TestServer.start(Map.of("KASSA_MANAGEMENT_PORT", "0", "KASSA_STOP_DELAY", "3s"));
        TestMerchant merchant = server.merchant();
        TestMerchant.TestDevice device = merchant.device();
        Thread stop = Thread.ofVirtual().start(server::close);
        Await.until(PATIENCE, () -> get(server, "health/readiness").statusCode() == 503);
        assertThat(merchant.status(merchant.session(device))).isEqualTo("CREATED");
        stop.join();
    }

    @Test
    void aTraceGoesOnUnderItsCallersId() throws Exception {
        Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
        HttpServer collector =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext(
                "/v1/traces",
                exchange -> {
                    sent.add(exchange.getRequestBody().readAllBytes());
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        collector.start();
        String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
        try (TestServer server = TestServer.start(Map.of("KASSA_TRACES_URL", url))) {
            TestMerchant merchant = server.merchant();
            String session = merchant.session(merchant.device());
            String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
            TestClient api = merchant.api();
            HttpResponse<String> answer =
                    api.plain(
                            api.request(
                                            "/ipp/v1/dev/sessions/"
                                                    + session
                                                    + "/simulate-tap?outcome=SUCCESS")
                                    .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                                    .POST(HttpRequest.BodyPublishers.noBody()));
            assertThat(answer.statusCode()).isEqualTo(200);
            String secret = "link-of-a-receipt-" + "x1".repeat(8);
            assertThat(api.plain(api.request("/r/" + secret)).statusCode()).isEqualTo(404);
            byte[] id = HexFormat.of().parseHex(trace);
            Await.until(PATIENCE, () -> sent.stream().anyMatch(body -> contains(body, id)));
            Await.until(
                    PATIENCE,
                    () ->
                            sent.stream()
                                    .anyMatch(body ->
                                            contains(body, id)
                                                    && contains(
                                                            body,
                                                            "simulator start"
                                                                    .getBytes(
                                                                            StandardCharsets
                                                                                    .UTF_8))));
            byte[] receipt = "/r/{token}".getBytes(StandardCharsets.UTF_8);
            Await.until(PATIENCE, () -> sent.stream().anyMatch(body -> contains(body, receipt)));
            byte[] token = secret.getBytes(StandardCharsets.UTF_8);
            assertThat(sent).noneMatch(body -> contains(body, token));
        } finally {
            collector.stop(0);
        }
    }

    private static boolean contains(byte[] all, byte[] part) {
        return new String(all, StandardCharsets.ISO_8859_1)
                .contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    @Test
    void aLineOfTheJsonLogIsAnObjectWithTheRequestsId() throws Exception {
        Path data = TestServer.temporary();
        try (KassaProcess kassa =
                KassaProcess.run(data, Map.of("KASSA_LOG_FORMAT", "json"), "start")) {
            kassa.awaitLine("Ctrl-C stops it");
            PlaygroundEnv keys = PlaygroundEnv.read(data);
            TestClient api =
                    new TestClient(
                            URI.create(keys.get("KASSA_URL")),
                            "Basic " + keys.get("KASSA_API_KEY"));
            String device = api.post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").text("id");
            String session =
                    api.post("/ipp/v1/sessions", TestMerchant.cart(device)).text("session_id");
            String dev = "/ipp/v1/dev/sessions/" + session;
            api.post(dev + "/simulate-tap?outcome=LOST_CARD", "").is(200);
            api.post(dev + "/provider-decision?outcome=SUCCESS", "").is(200);

            JsonNode line = Json.MAPPER.readTree(kassa.awaitLine("giving it back"));
            assertThat(line.path("level").asString()).isEqualTo("ERROR");
            assertThat(line.path("mdc").path("correlation-id").asString())
                    .satisfies(UUID::fromString);
        }
    }
}
