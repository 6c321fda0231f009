package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.TestCertificate;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One event to every kind of endpoint there is; each gets the documented treatment. */
class EndpointBehaviourTest {
    private final TestServer server = TestServer.start();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final Map<String, TestDestination> destinations = new LinkedHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(server));
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void stop() throws Exception {
        over.countDown();
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private Endpoint endpoint(String name, Endpoint.Behaviour behaviour) {
        Endpoint endpoint = Endpoint.open(behaviour);
        open.add(endpoint);
        endpoints.put(name, endpoint);
        destination(name, endpoint.url());
        return endpoint;
    }

    private void destination(String name, URI url) {
        destinations.put(name, TestDestination.create(merchant, name, url));
    }

    private TestDestination of(String name) {
        return destinations.getOrDefault(name, new TestDestination(merchant, "", ""));
    }

    private void hang(Endpoint.Request request, Socket socket) throws InterruptedException {
        over.await();
    }

    private void trickle(Endpoint.Request request, Socket socket) throws IOException {
        Endpoint.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (over.getCount() > 0) {
            Await.pause(Duration.ofMillis(200));
            Endpoint.write(socket, "x");
        }
    }

    private static void flood(Endpoint.Request request, Socket socket) throws IOException {
        Endpoint.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        String chunk = "1000\r\n" + "y".repeat(4096) + "\r\n";
        while (true) {
            Endpoint.write(socket, chunk);
        }
    }

    private static void reset(Endpoint.Request request, Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** A certificate that nobody has signed but its owner. */
    private void selfSigned() throws Exception {
        SSLContext tls = TestCertificate.create().serving();
        Endpoint endpoint =
                Endpoint.open(
                        tls.getServerSocketFactory()
                                .createServerSocket(0, 100, InetAddress.getLoopbackAddress()),
                        Endpoint.status(200));
        open.add(endpoint);
        destination("self-signed", URI.create("https://localhost:" + endpoint.port() + "/"));
    }

    @Test
    void eachGetsTheDocumentedTreatment() throws Exception {
        Endpoint trap = Endpoint.open(Endpoint.status(200));
        open.add(trap);
        endpoint("200", Endpoint.status(200));
        endpoint("204", Endpoint.status(204));
        endpoint("301", Endpoint.status(301, "Location: " + trap.url()));
        endpoint("400", Endpoint.status(400));
        endpoint("410", Endpoint.status(410));
        endpoint("429", Endpoint.status(429, "Retry-After: 120"));
        endpoint("500", Endpoint.status(500));
        endpoint("slow header", this::hang);
        endpoint("slow body", this::trickle);
        endpoint("endless body", EndpointBehaviourTest::flood);
        endpoint("reset", EndpointBehaviourTest::reset);
        endpoint("refused", Endpoint.status(200)).close();
        selfSigned();
        destination("wrong host", URI.create("http://no-such-host.invalid/"));

        Instant before = server.clock.instant();
        merchant.session(device);

        delivered("200", "answer 200");
        delivered("204", "");
        delivered("endless body", "y".repeat(4096));
        failed("301", 301, "redirects are not followed", before);
        failed("400", 400, "answered 400", before);
        failed("500", 500, "answered 500", before);
        failed("reset", 0, "the connection broke", before);
        failed("refused", 0, "no connection", before);
        failed("self-signed", 0, "TLS failed", before);
        failed("wrong host", 0, "host not found", before);
        assertThat(trap.received).isEmpty();
        JsonNode resting = of("429").tried(1);
        assertThat(wait(resting, before)).isBetween(120.0, 145.0);
        assertThat(of("429").get().has("paused_until")).isTrue();
        JsonNode gone = of("410").tried(1);
        assertThat(gone.path("status").asString()).isEqualTo("FAILED");
        Await.until(
                "disabled",
                TestDestination.PATIENCE,
                () -> !of("410").get().path("enabled").asBoolean());
        assertThat(of("410").get().path("disabled_reason").asString()).contains("410 Gone");
        comeBack("301", "400", "500", "reset");

        failed("slow header", 0, "no whole answer within 10 s", before);
        failed("slow body", 0, "no whole answer within 10 s", before);
        comeBack("slow header", "slow body");

        endpoints.values().forEach(endpoint -> endpoint.behave(Endpoint.status(200)));
        assertThat(received("410")).hasSize(1);
        assertThat(received("429")).hasSize(1);
        server.clock.advance(Duration.ofSeconds(130));
        server.run("webhook-deliveries");
        assertThat(of("429").tried(2).path("status").asString()).isEqualTo("DELIVERED");
        assertThat(received("410")).hasSize(1);
    }

    private List<Endpoint.Request> received(String name) {
        return Objects.requireNonNull(endpoints.get(name)).received;
    }

    /** They mend their ways; after the first step of the ladder they are tried again. */
    private void comeBack(String... names) throws InterruptedException {
        for (String name : names) {
            Objects.requireNonNull(endpoints.get(name)).behave(Endpoint.status(200));
        }
        server.clock.advance(Duration.ofSeconds(6));
        server.run("webhook-deliveries");
        for (String name : names) {
            assertThat(of(name).tried(2).path("status").asString()).as(name).isEqualTo("DELIVERED");
            List<Endpoint.Request> received = received(name);
            assertThat(received).as(name).hasSize(2);
            assertThat(received.get(1).id()).isEqualTo(received.get(0).id());
            assertThat(received.get(1).body()).isEqualTo(received.get(0).body());
        }
    }

    private void delivered(String name, String answer) throws InterruptedException {
        JsonNode delivery = of(name).tried(1);
        assertThat(delivery.path("status").asString()).as(name).isEqualTo("DELIVERED");
        assertThat(delivery.path("log").path(0).path("answer").asString()).isEqualTo(answer);
        assertThat(delivery.has("next_attempt_at")).isFalse();
    }

    private void failed(String name, int status, String error, Instant before)
            throws InterruptedException {
        JsonNode delivery = of(name).tried(1);
        assertThat(delivery.path("status").asString()).as(name).isEqualTo("PENDING");
        assertThat(delivery.path("last_error").asString()).as(name).contains(error);
        assertThat(delivery.path("last_status").asInt(0)).as(name).isEqualTo(status);
        assertThat(delivery.path("log").path(0).path("error").asString()).contains(error);
        // The first step of the ladder, and the ten seconds of those that hang.
        assertThat(wait(delivery, before)).as(name).isBetween(5.0, 30.0);
    }

    private static double wait(JsonNode delivery, Instant before) {
        Instant next = Instant.parse(delivery.path("next_attempt_at").asString());
        return Duration.between(before, next).toMillis() / 1000.0;
    }

    /** The whole ladder, with the clock moved: ten tries, the last of them after three days. */
    @Test
    void afterThreeDaysItIsGivenUp() throws InterruptedException {
        Endpoint endpoint = endpoint("dead", Endpoint.status(500));
        Instant before = server.clock.instant();
        merchant.session(device);
        JsonNode delivery = of("dead").tried(1);
        for (int attempt = 2; delivery.path("status").asString().equals("PENDING"); attempt++) {
            Instant next = Instant.parse(delivery.path("next_attempt_at").asString());
            server.clock.advance(
                    Duration.between(server.clock.instant(), next).plus(Duration.ofSeconds(20)));
            server.run("webhook-deliveries");
            delivery = of("dead").tried(attempt);
        }
        assertThat(delivery.path("status").asString()).isEqualTo("FAILED");
        assertThat(delivery.path("attempts").asInt()).isEqualTo(10);
        assertThat(delivery.path("log")).hasSize(10);
        assertThat(Duration.between(before, server.clock.instant()))
                .isBetween(Duration.ofHours(72), Duration.ofHours(73));
        assertThat(endpoint.received).hasSize(10);
        assertThat(endpoint.received.stream().map(Endpoint.Request::body).distinct()).hasSize(1);
    }
}
