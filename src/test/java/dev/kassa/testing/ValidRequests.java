package dev.kassa.testing;

import dev.kassa.http.Json;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that would be granted, for each documented operation that reads a body: the file's own
 * example, turned to things that exist. A test changes one value of it and sees what that does.
 */
public final class ValidRequests {
    private static final Pattern ENTRY = Pattern.compile("(\\w+)\\[0]");

    private final TestServer server;
    private final TestMerchant merchant;
    private final TestMerchant.TestDevice device;
    private final TestMerchant capturing;
    private final TestMerchant aside;
    private final TestOrder captured;
    private final TestOrder held;

    private static final class Shared {
        static final ValidRequests REQUESTS = new ValidRequests(TestServer.shared());
    }

    /** On the server that tests share; as many as are wanted. */
    public static ValidRequests shared() {
        return Shared.REQUESTS;
    }

    /** On a server of a test's own. */
    public static ValidRequests on(TestServer server) {
        return new ValidRequests(server);
    }

    private ValidRequests(TestServer server) {
        this.server = server;
        merchant = server.merchant();
        device = merchant.device();
        capturing = TestOrder.capturingManually(server);
        aside = server.merchant();
        captured = TestOrder.paid(merchant, device);
        held = TestOrder.paid(capturing, capturing.device());
    }

    /** All operations that read a body. */
    public static List<Contract.Documented> operations() {
        return Contract.operations().stream()
                .filter(operation -> !operation.fields().isEmpty())
                .toList();
    }

    /** All operations that change something. */
    public static List<Contract.Documented> changing() {
        return Contract.operations().stream()
                .filter(operation -> !operation.method().equals("GET"))
                .toList();
    }

    /** One request, not sent yet. */
    public record Ready(TestClient client, String method, String path, ObjectNode body) {
        public HttpRequest.Builder request() {
            return client.request(path)
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(ascii()));
        }

        public Answer send() {
            return client.sloppy(method, path, ascii());
        }

        public String ascii() {
            return Bytes.escaped(body.toString());
        }

        /** With this value at a path such as {@code order_items[0].name}. */
        public Ready with(String path, JsonNode value) {
            ObjectNode node = body;
            String[] segments = path.split("\\.", -1);
            for (int i = 0; i < segments.length - 1; i++) {
                Matcher entry = ENTRY.matcher(segments[i]);
                node = entry.matches() ? first(node, entry.group(1)) : inner(node, segments[i]);
            }
            node.set(segments[segments.length - 1], value);
            return this;
        }

        private static ObjectNode inner(ObjectNode node, String name) {
            return node.get(name) instanceof ObjectNode there ? there : node.putObject(name);
        }

        private static ObjectNode first(ObjectNode node, String name) {
            ArrayNode array =
                    node.get(name) instanceof ArrayNode there ? there : node.putArray(name);
            if (array.isEmpty()) {
                array.addObject();
            }
            return (ObjectNode) array.get(0);
        }
    }

    /** A new one for this operation. */
    public Ready of(Contract.Documented operation) {
        ObjectNode body =
                operation.example() instanceof ObjectNode example
                        ? example.deepCopy()
                        : Json.MAPPER.createObjectNode();
        if (body.has("location_id")) {
            body.put("location_id", merchant.location().toString());
        }
        if (operation.path().startsWith("/ordermanagement/")) {
            return ofOrder(operation, body);
        }
        if (operation.path().startsWith("/kassa/v1/webhook-destinations")) {
            return operation.id().equals("createWebhookDestination")
                    ? ready(server.merchant().api(), operation, operation.path(), body)
                    : onDestination(operation, body);
        }
        return operation.path().matches(".*/\\{session_?[iI]d}.*")
                ? ofSession(operation, body)
                : ofMerchantOrDevice(operation, body);
    }

    private Ready ofMerchantOrDevice(Contract.Documented operation, ObjectNode body) {
        String path = operation.path();
        return switch (operation.id()) {
            case "createEnrollment", "createSimulatedDevice" ->
                    ready(merchant.api(), operation, path, body);
            case "updateDevice" ->
                    ready(merchant.api(), operation, path.replace("{id}", device.id()), body);
            case "createSession" ->
                    ready(merchant.api(), operation, path, body.put("device_id", device.id()));
            case "registerDevice" ->
                    ready(
                            new TestClient(server.url(), null),
                            operation,
                            path,
                            body.put("enrollment_code", code())
                                    .put("hardware_id", UUID.randomUUID().toString()));
            case "replacePushToken" -> ready(device.api(), operation, path, body);
            case "deleteEnrollments" ->
                    ready(
                            merchant.api(),
                            operation,
                            path.replace(
                                    "{enrollment_id}",
                                    merchant.api()
                                            .post("/ipp/v1/enrollments", "{}")
                                            .is(201)
                                            .text("enrollment_id")),
                            body);
            case "deregisterDevice" ->
                    ready(
                            merchant.api(),
                            operation,
                            path.replace("{id}", merchant.device().id()),
                            body);
            case "putSettings", "putProviderFaults", "deleteProviderFaults" ->
                    ready(aside.api(), operation, path, body);
            default -> throw new IllegalArgumentException(operation + " has no example here");
        };
    }

    private Ready ofSession(Contract.Documented operation, ObjectNode body) {
        return switch (operation.id()) {
            case "attachPayment", "acknowledgeShown", "cancelPosSession" ->
                    onDevice(operation, body, false);
            case "finalizePayment" -> {
                Ready ready = onDevice(operation, body, true);
                TestOrder.decide(
                        merchant, ready.path().replaceFirst(".*/sessions/([^/]+)/.*", "$1"), 0);
                yield ready;
            }
            case "cancelSession", "simulateCardTap", "decideAtProvider" ->
                    ready(
                            merchant.api(),
                            operation,
                            onDevice(operation, body, operation.id().equals("decideAtProvider"))
                                            .path()
                                    + (operation.id().equals("cancelSession")
                                            ? ""
                                            : "?outcome=SUCCESS"),
                            body);
            case "putProviderFaultsOfSession", "deleteProviderFaultsOfSession" ->
                    ready(
                            aside.api(),
                            operation,
                            operation.path().replace("{sessionId}", aside.session(aside.device())),
                            body);
            default -> throw new IllegalArgumentException(operation + " has no example here");
        };
    }

    private Ready ofOrder(Contract.Documented operation, ObjectNode body) {
        return switch (operation.id()) {
            case "refundOrder" -> ready(captured, operation, body.put("refunded_amount", 1));
            case "captureOrder" -> ready(held, operation, body.put("captured_amount", 1));
            case "updateAuthorization" -> ready(held, operation, body);
            case "extendAuthorizationTime" ->
                    ready(TestOrder.paidByKlarna(capturing, capturing.device()), operation, body);
            case "cancelOrder", "releaseRemainingAuthorization" ->
                    ready(TestOrder.paid(capturing, capturing.device()), operation, body);
            default -> ready(captured, operation, body);
        };
    }

    private Ready onDevice(Contract.Documented operation, ObjectNode body, boolean attached) {
        TestMerchant.TestDevice own = merchant.device();
        String session = merchant.session(own);
        if (attached) {
            var _ = own.attach(session).is(200);
        }
        String path = operation.path().replaceFirst("\\{session_?[iI]d}", session);
        return ready(own.api(), operation, path, body);
    }

    private Ready onDestination(Contract.Documented operation, ObjectNode body) {
        TestMerchant own = server.merchant();
        Answer made =
                own.api()
                        .post(
                                "/kassa/v1/webhook-destinations",
                                "{\"name\": \"Old\", \"url\": \"https://shop.example/\"}")
                        .is(201);
        String id = made.text("id");
        String path = operation.path().replace("{id}", id);
        if (path.contains("{event_id}")) {
            var _ = own.session(own.device());
            String event =
                    own.api()
                            .get("/kassa/v1/webhook-destinations/" + id + "/deliveries")
                            .is(200)
                            .json()
                            .path("content")
                            .get(0)
                            .path("event_id")
                            .asString();
            path = path.replace("{event_id}", event);
        }
        return ready(own.api(), operation, path, body);
    }

    private String code() {
        return merchant.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
    }

    private static Ready ready(
            TestClient client, Contract.Documented operation, String path, ObjectNode body) {
        return new Ready(client, operation.method(), path, body);
    }

    private static Ready ready(TestOrder order, Contract.Documented operation, ObjectNode body) {
        String path = operation.path().replace("{order_id}", order.id());
        if (path.contains("{capture_id}")) {
            JsonNode first = order.get("/captures").is(200).json().get(0);
            path = path.replace("{capture_id}", first.path("capture_id").asString());
        }
        return ready(order.merchant().api(), operation, path, body);
    }

    /** What was moved so far of the order that captures and refunds are of. */
    public long moved(Contract.Documented operation) {
        return switch (operation.id()) {
            case "refundOrder" -> captured.get().json().path("refunded_amount").asLong();
            case "captureOrder" -> held.get().json().path("captured_amount").asLong();
            default -> throw new IllegalArgumentException(operation.id());
        };
    }

    /** JSON of a value that Java writes otherwise. */
    public static JsonNode json(String text) {
        return Json.MAPPER.readTree(text);
    }
}
