package dev.kassa.cli;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kassa.http.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A merchant's webhook endpoint in small: verifies each request with the Standard Webhooks library,
 * as a merchant would, and answers 204.
 */
final class WebhookReceiver implements AutoCloseable {
    private final HttpServer server;
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private volatile @Nullable String secret;

    private WebhookReceiver(HttpServer server) {
        this.server = server;
    }

    /** A request that came in. */
    record Received(boolean verified, JsonNode envelope) {
        String type() {
            return envelope.path("type").asString();
        }

        /** Whether it tells of this session or of its order. */
        boolean concerns(String session, String order) {
            JsonNode data = envelope.path("data");
            return data.path("session_id").asString("").equals(session)
                    || data.path("order_id").asString("").equals(order);
        }
    }

    static WebhookReceiver start() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        WebhookReceiver receiver = new WebhookReceiver(server);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/webhooks", receiver::receive);
        server.start();
        return receiver;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/webhooks");
    }

    /** Until the secret is known, requests are answered 503 and so come again. */
    void verifyWith(String webhookSecret) {
        secret = webhookSecret;
    }

    BlockingQueue<Received> received() {
        return received;
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String key = secret;
            if (key == null) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            HttpHeaders headers =
                    HttpHeaders.of(exchange.getRequestHeaders(), (name, value) -> true);
            boolean verified = verifies(key, body, headers);
            exchange.sendResponseHeaders(verified ? 204 : 401, -1);
            received.add(new Received(verified, Json.MAPPER.readTree(body)));
        }
    }

    private static boolean verifies(String secret, String body, HttpHeaders headers) {
        try {
            new Webhook(secret).verify(body, headers);
            return true;
        } catch (WebhookVerificationException | EmptyWebhookSecretException e) {
            return false;
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
