package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kassa.http.Json;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookTest {
    private final TestServer server = TestServer.start();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final HttpServer endpoint = endpoint();
    private final Destination destination = destination();
    private final String secret = String.valueOf(destination.secret());

    record Received(HttpHeaders headers, String body) {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    @AfterEach
    void stop() {
        server.close();
        endpoint.stop(0);
    }

    private HttpServer endpoint() {
        try {
            HttpServer http =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            http.createContext("/", this::receive);
            http.start();
            return http;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Destination destination() {
        URI url = URI.create("http://127.0.0.1:" + endpoint.getAddress().getPort() + "/hook");
        return server.server.part(Destinations.class).ensure(merchant.id(), "test", url);
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Integer answer = answers.poll();
            exchange.sendResponseHeaders(answer == null ? 200 : answer, -1);
            received.add(
                    new Received(
                            HttpHeaders.of(exchange.getRequestHeaders(), (n, v) -> true), body));
        }
    }

    private List<Received> take(int count) throws InterruptedException {
        List<Received> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Received next = received.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("webhook %s of %s within 10 s", i + 1, count).isNotNull();
            taken.add(Objects.requireNonNull(next));
        }
        return taken;
    }

    /** Verified by the Standard Webhooks library, which shares no code with the sender. */
    @Test
    void aWholePaymentIsToldAndVerifies() throws Exception {
        String session = merchant.session(device);
        String order = merchant.tap(session, "SUCCESS").is(200).text("order_id");
        List<Received> webhooks = take(5);
        List<String> types = new ArrayList<>();
        for (Received webhook : webhooks) {
            new Webhook(secret).verify(webhook.body(), webhook.headers());
            var envelope = Json.MAPPER.readTree(webhook.body());
            assertThat(envelope.propertyNames())
                    .containsExactly("id", "merchant_id", "timestamp", "type", "data");
            assertThat(envelope.path("id").asString())
                    .matches("kevt_[0-9A-Za-z]{22}")
                    .isEqualTo(webhook.header("webhook-id"));
            assertThat(envelope.path("timestamp").asString())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z");
            assertThat(envelope.path("merchant_id").asString()).isEqualTo(merchant.id().value());
            types.add(envelope.path("type").asString());
            if (types.getLast().startsWith("ipp.")) {
                assertThat(envelope.path("data").propertyNames())
                        .containsExactly("session_id", "order_id", "failure_reason");
                assertThat(envelope.path("data").path("session_id").asString()).isEqualTo(session);
            }
            if (types.getLast().equals("ipp.session.finalized")) {
                assertThat(envelope.path("data").path("order_id").asString()).isEqualTo(order);
            }
        }
        assertThat(types)
                .containsExactlyInAnyOrder(
                        "ipp.session.created",
                        "ipp.session.activated",
                        "ipp.session.finalized",
                        "order.created",
                        "capture.created");
    }

    @Test
    void afterAFailureItIsTriedAgainWithTheSameIdAndBody() throws Exception {
        answers.add(500);
        merchant.session(device);
        Received first = take(1).getFirst();
        awaitDelivery("PENDING", 500);
        assertThat(received.poll(100, TimeUnit.MILLISECONDS)).isNull();
        server.clock.advance(Duration.ofSeconds(6));
        server.run("webhook-deliveries");
        Received second = take(1).getFirst();
        assertThat(second.header("webhook-id")).isEqualTo(first.header("webhook-id"));
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(Long.parseLong(second.header("webhook-timestamp")))
                .isGreaterThan(Long.parseLong(first.header("webhook-timestamp")));
        awaitDelivery("DELIVERED", 200);
    }

    /** Waits until the one delivery has been written down as such. */
    private void awaitDelivery(String status, int httpStatus) {
        String deliveries =
                """
                select count(*) from delivery where merchant_id = ? and status = '%s'
                    and last_status = %d
                """
                        .formatted(status, httpStatus);
        Await.until(
                status + " " + httpStatus,
                Duration.ofSeconds(10),
                () -> server.count(deliveries, merchant.id().value()) == 1);
    }

    @Test
    void oneThatNobodyTicksGetsNoExtension() {
        String session = merchant.session(device);
        server.clock.advance(Duration.ofHours(1));
        server.run("session-expiry");
        assertThat(merchant.status(session)).isEqualTo("EXPIRED");
        assertThat(
                        server.texts(
                                """
                                select type from delivery join event using (event_id)
                                where event.session_id = ?::uuid
                                """,
                                session))
                .containsExactly("ipp.session.created");
    }

    @Test
    void theSecretIsSealedInTheDatabase() {
        assertThat(
                        server.texts(
                                "select destination::text from destination where merchant_id = ?",
                                merchant.id().value()))
                .hasSize(1)
                .noneMatch(row -> row.contains(secret.substring(6)));
    }
}
