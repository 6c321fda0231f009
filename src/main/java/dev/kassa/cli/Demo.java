package dev.kassa.cli;

import dev.kassa.http.Json;
import dev.kassa.kernel.Refusal;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** One payment from pairing to webhooks, through nothing but the public HTTP API. */
final class Demo {
    /** The cart of Kustom's own documentation: two lines, 2400.00 SEK. */
    private static final String SAMPLE =
            """
            {"device_id": "%s", "order_amount": 240000, "order_tax_amount": 48000,
             "purchase_currency": "SEK", "purchase_started_at": "2024-01-15T10:30:00Z",
             "merchant_reference1": "ORDER-12345",
             "order_items": [
               {"type": "physical", "reference": "SKU-001", "name": "T-Shirt", "quantity": 2,
                "unit_price": 100000, "total_amount": 200000, "tax_rate": 2500,
                "total_tax_amount": 40000},
               {"type": "physical", "reference": "SKU-002", "name": "Socks", "quantity": 1,
                "unit_price": 40000, "total_amount": 40000, "tax_rate": 2500,
                "total_tax_amount": 8000}]}
            """;

    private static final List<String> EXPECTED_WEBHOOKS =
            List.of(
                    "ipp.session.created",
                    "ipp.session.activated",
                    "ipp.payment.failed",
                    "ipp.session.finalized",
                    "order.created",
                    "capture.created");

    private static final long PATIENCE_SECONDS = 20;

    private final Server server;
    private final WebhookReceiver receiver;
    private final DemoOutput terminal;
    private final PlaygroundEnv env;
    private final ApiClient merchant;

    Demo(Server server, WebhookReceiver receiver, DemoOutput terminal) {
        this.server = server;
        this.receiver = receiver;
        this.terminal = terminal;
        this.env = PlaygroundEnv.read(server.dataDirectory());
        this.merchant = ApiClient.of(env);
        receiver.verifyWith(env.get("KASSA_WEBHOOK_SECRET"));
    }

    /** An event on the device's stream, and when it was read. */
    private record DeviceEvent(JsonNode session, long readAtNanos) {}

    /** Runs the payment; false when something did not come about. */
    boolean run() throws IOException, InterruptedException {
        terminal.step("server up", server.url() + ", " + server.database());
        JsonNode enrollment =
                sent(
                        merchant.post(
                                "/ipp/v1/enrollments", "{\"metadata\": {\"simulated\": \"true\"}}"),
                        201);
        String code = enrollment.path("enrollment_code").asString();
        terminal.step("enrollment", "code " + code + " for the clerk to type");

        JsonNode device =
                sent(
                        merchant.post(
                                "/pos/v1/devices",
                                """
                                {"enrollment_code": "%s", "hardware_id": "DEMO-PHONE",
                                 "name": "Demo phone", "platform": "IOS"}
                                """
                                        .formatted(code)),
                        201);
        String deviceId = device.path("id").asString();
        terminal.step("device paired", device.path("name").asString() + " " + deviceId);
        ApiClient phone = merchant.as(device.path("credentials").path("bearer_token").asString());

        clearAway(phone);
        BlockingQueue<DeviceEvent> stream = listen(phone);
        long sentAt = System.nanoTime();
        JsonNode session = sent(merchant.post("/ipp/v1/sessions", SAMPLE.formatted(deviceId)), 200);
        String id = session.path("session_id").asString();
        terminal.step("session created", id + " T-Shirt x 2, Socks: 2400.00 SEK");
        DeviceEvent event = awaitSession(stream, id);
        terminal.received(
                "device told",
                String.format(
                        Locale.ROOT,
                        "event 'session' %s, %.1f ms after the request was sent (the first of a cold server)",
                        event.session().path("status").asString(),
                        (event.readAtNanos() - sentAt) / 1e6));

        String order = pay(phone, id);
        return awaitWebhooks(id, order);
    }

    /** A demo that was cut short left its session open, and a device pays one at a time. */
    private static void clearAway(ApiClient phone) throws IOException, InterruptedException {
        for (JsonNode session : sent(phone.get("/pos/v1/sessions"), 200).path("sessions")) {
            String path = "/pos/v1/sessions/" + session.path("session_id").asString() + "/cancel";
            var _ = phone.put(path);
        }
    }

    private String pay(ApiClient phone, String session) throws IOException, InterruptedException {
        JsonNode attached =
                sent(
                        phone.post(
                                "/pos/v1/sessions/" + session + "/payments",
                                "{\"method\": \"tap_to_pay\"}"),
                        200);
        JsonNode payment = attached.path("payment");
        terminal.step(
                "payment attached",
                payment.path("method").asString()
                        + " "
                        + payment.path("status").asString()
                        + ", session "
                        + attached.path("status").asString());

        JsonNode declined = tap(session, "INSUFFICIENT_FUNDS");
        terminal.step(
                "card declined",
                "insufficient_funds, session still " + declined.path("status").asString());
        JsonNode paid = tap(session, "SUCCESS");
        String order = paid.path("order_id").asString("");
        terminal.step("card approved", "session " + paid.path("status").asString());
        if (order.isEmpty()) {
            throw new Refusal("The session has no order: " + paid);
        }
        terminal.step("order created", order);
        return order;
    }

    private JsonNode tap(String session, String outcome) throws IOException, InterruptedException {
        return sent(
                merchant.post(
                        "/ipp/v1/dev/sessions/" + session + "/simulate-tap?outcome=" + outcome, ""),
                200);
    }

    private boolean awaitWebhooks(String session, String order) throws InterruptedException {
        Set<String> missing = new HashSet<>(EXPECTED_WEBHOOKS);
        boolean allVerified = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!missing.isEmpty()) {
            WebhookReceiver.Received webhook =
                    receiver.received().poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (webhook == null) {
                terminal.failed("webhooks missing", String.join(", ", missing));
                return false;
            }
            String verdict =
                    webhook.verified() ? "signature verified" : "SIGNATURE DOES NOT VERIFY";
            if (!webhook.concerns(session, order)) {
                verdict += ", of an earlier run";
            } else {
                var _ = missing.remove(webhook.type());
            }
            allVerified &= webhook.verified();
            terminal.received("webhook", webhook.type() + ", " + verdict);
        }
        return allVerified;
    }

    private static JsonNode sent(HttpResponse<String> answer, int expected) throws IOException {
        JsonNode body = ApiClient.json(answer);
        if (answer.statusCode() != expected) {
            throw new Refusal(
                    "The demo got "
                            + answer.statusCode()
                            + " from "
                            + answer.uri()
                            + ": "
                            + ApiClient.problem(body));
        }
        return body;
    }

    private static DeviceEvent awaitSession(BlockingQueue<DeviceEvent> stream, String id)
            throws InterruptedException {
        while (true) {
            DeviceEvent event = stream.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new Refusal("The device was told nothing for " + PATIENCE_SECONDS + " s.");
            }
            if (event.session().path("session_id").asString().equals(id)) {
                return event;
            }
        }
    }

    /** Opens the device's stream and reads it in the background until the server stops. */
    private static BlockingQueue<DeviceEvent> listen(ApiClient phone)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                phone.http()
                        .send(
                                phone.request("/pos/v1/stream").build(),
                                HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new Refusal("The device's stream was refused with " + answer.statusCode() + ".");
        }
        BlockingQueue<DeviceEvent> events = new LinkedBlockingQueue<>();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        var _ = Thread.ofVirtual().name("demo-phone").start(() -> read(lines, events));
        return events;
    }

    private static void read(BufferedReader lines, BlockingQueue<DeviceEvent> events) {
        try (lines) {
            lines.lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line ->
                            new DeviceEvent(
                                    Json.MAPPER.readTree(line.substring("data: ".length())),
                                    System.nanoTime()))
                    .forEach(events::add);
        } catch (IOException | UncheckedIOException e) {
            // The server stopped, and with it the stream.
        }
    }
}
