package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Generated requests over all operations of the merchant API: no 5xx, no hang, no answer outside
 * the contract. Seed and count are printed; {@code -Dkassa.fuzz.seed} and {@code
 * -Dkassa.fuzz.requests} set them.
 */
class FuzzTest {
    private static final int REQUESTS = Integer.getInteger("kassa.fuzz.requests", 3000);
    private static final long SEED = Long.getLong("kassa.fuzz.seed", System.nanoTime());

    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "-1",
                    "0",
                    "1e400",
                    "1.5",
                    "99999999999999999999999",
                    "[]",
                    "{}",
                    "\"\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"😀\"",
                    "\"\\u202e\"",
                    "[[[[]]]]",
                    "-0",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "\"2024-13-45T99:99:99Z\"",
                    "\"0000-01-01T00:00:00Z\"",
                    "\"SEK\"",
                    "\"<script>\"",
                    "\"'; drop table x;--\"",
                    "{\"\": {\"\": \"\"}}",
                    "\"" + "x".repeat(7000) + "\"");

    private static final List<String> WORDS =
            List.of(
                    "",
                    "0",
                    "-1",
                    "x",
                    "1e9",
                    "%00",
                    "%ff%fe",
                    "%2e%2e%2f",
                    "null",
                    "true",
                    "a:b",
                    "a%3Ab",
                    "%F0%9F%98%80",
                    "99999999999",
                    "00000000-0000-0000-0000-000000000000",
                    "1-1-1-1-1",
                    "SUCCESS",
                    "%20",
                    "*",
                    "%3Bx%3D1",
                    "'");

    private static final List<String> TYPES =
            List.of(
                    "text/plain",
                    "multipart/form-data",
                    "multipart/form-data; boundary=x",
                    "multipart/mixed",
                    "application/x-www-form-urlencoded",
                    "application/problem+json");

    private static final Set<String> BODIES = Set.of("POST", "PUT");

    private final Random random = new Random(SEED);
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final List<String> ids = new ArrayList<>();
    private final List<String> routes =
            Contract.routes().stream().filter(route -> route.contains(" /ipp/")).toList();

    @Test
    void noRequestBreaksTheServer() throws IOException {
        System.out.printf(Locale.ROOT, "FuzzTest: seed %d, %d requests%n", SEED, REQUESTS);
        ids.add(merchant.session(device));
        ids.add(device.id());
        ids.add(merchant.location().toString());
        assertThat(routes).hasSizeGreaterThan(13);
        for (int i = 0; i < REQUESTS; i++) {
            if (i % 10 == 9) {
                raw();
            } else {
                generated();
            }
        }
        assertThat(
                        server.texts(
                                "select status from session where session_id = ?::uuid",
                                ids.getFirst()))
                .hasSize(1);
    }

    private void generated() {
        String route = pick(routes);
        String method = route.substring(0, route.indexOf(' '));
        String path = route.substring(method.length() + 1);
        while (path.contains("{")) {
            path = path.replaceFirst("\\{[^}]+}", chance(70) ? pick(ids) : word());
        }
        StringBuilder target = new StringBuilder(path);
        int parameters = chance(40) ? 1 + random.nextInt(7) : 0;
        for (int i = 0; i < parameters; i++) {
            target.append(i == 0 ? '?' : '&').append(parameter()).append('=').append(word());
        }
        TestClient api = merchant.api();
        HttpRequest.Builder request;
        try {
            request = api.request(target.toString());
        } catch (IllegalArgumentException e) {
            return; // No URI at all; raw() sends such.
        }
        request.header("Content-Type", chance(95) ? "application/json" : pick(TYPES));
        if (chance(10)) {
            request.header(
                    "Idempotency-Key", chance(80) ? "k" + random.nextInt(20) : "k".repeat(300));
        }
        if (chance(5)) {
            request.header("Accept", pick(List.of("text/html", "*/*", "application/xml", "x")));
        }
        byte[] body = BODIES.contains(method) || chance(5) ? body(path) : new byte[0];
        Answer answer =
                api.send(request.method(method, HttpRequest.BodyPublishers.ofByteArray(body)));
        assertThat(answer.response().statusCode())
                .as("%s %s %s", method, target, new String(body, StandardCharsets.UTF_8))
                .isLessThan(500);
        String made = answer.text("session_id") + answer.text("id") + answer.text("enrollment_id");
        if (made.length() == 36 && ids.size() < 50) {
            ids.add(made);
        }
    }

    private String parameter() {
        return pick(
                List.of(
                        "page_number",
                        "page_size",
                        "metadata",
                        "include_consumed",
                        "location_id",
                        "outcome",
                        "x",
                        "",
                        "%00"));
    }

    private byte[] body(String path) {
        if (random.nextInt(400) == 0) {
            return ("{\"a\": \"" + "x".repeat(10 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
        }
        String valid = path.endsWith("/sessions") ? TestMerchant.cart(device.id()) : small();
        return switch (random.nextInt(10)) {
            case 0 -> noise(valid.getBytes(StandardCharsets.UTF_8));
            case 1 -> ("[".repeat(random.nextInt(2000)) + valid).getBytes(StandardCharsets.UTF_8);
            case 2 ->
                    valid.replaceFirst("\\{", "{\"name\": 1, \"name\": 2, ")
                            .getBytes(StandardCharsets.UTF_8);
            case 3 ->
                    valid.getBytes(
                            pick(List.of(StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1)));
            default -> mutated(valid).getBytes(StandardCharsets.UTF_8);
        };
    }

    private String small() {
        return """
        {"name": "Till", "metadata": {"store_id": "1"}, "ttl": "TWO_HOURS", "expires_in": 36000,
         "location_id": "%s"}
        """
                .formatted(merchant.location());
    }

    private byte[] noise(byte[] bytes) {
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /** Replaces, removes or adds a few values anywhere in the tree. */
    private String mutated(String json) {
        JsonNode root = Json.MAPPER.readTree(json);
        for (int i = 0; i < random.nextInt(4); i++) {
            JsonNode node = root;
            while (node.isContainer() && !node.isEmpty() && chance(60)) {
                JsonNode child = node.values().stream().toList().get(random.nextInt(node.size()));
                if (!child.isContainer()) {
                    break;
                }
                node = child;
            }
            mutate(node);
        }
        return root.toString();
    }

    private void mutate(JsonNode node) {
        Supplier<JsonNode> value =
                () -> {
                    try {
                        return Json.MAPPER.readTree(pick(VALUES));
                    } catch (JacksonException e) {
                        return Json.MAPPER.createObjectNode();
                    }
                };
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            String name = pick(new ArrayList<>(object.propertyNames()));
            if (chance(20)) {
                object.remove(name);
            } else {
                object.set(chance(90) ? name : "extra", value.get());
            }
        } else if (node instanceof ArrayNode array) {
            array.add(value.get());
        }
    }

    /** What no well-behaved client can send: broken request lines, headers and encodings. */
    private void raw() throws IOException {
        String target =
                pick(
                        List.of(
                                "/ipp/v1/devices",
                                "/ipp/v1/%zz",
                                "/ipp/v1/a%2Fb",
                                "/{",
                                "*",
                                "/ipp/../x",
                                "//",
                                "/ipp/v1/devices?%",
                                "/ipp/v1/devices?page_size=%C3%28"));
        String method = pick(List.of("GET", "TRACE", "POST", "OPTIONS", "get", "BREW", "PUT"));
        StringBuilder request = new StringBuilder();
        request.append(method)
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(pick(List.of("localhost", "", "a b", "[::1", "x".repeat(300))))
                .append("\r\n");
        request.append("Authorization: Basic ").append(merchant.key().key()).append("\r\n");
        request.append(
                pick(
                        List.of(
                                "",
                                "X: \u0001\r\n",
                                "Content-Length: -1\r\n",
                                "Content-Length: x\r\n",
                                "Transfer-Encoding: banana\r\n",
                                "Content-Type: \u00ff\u00ff/;;\r\n",
                                "Accept: ;;;\r\n",
                                "Idempotency-Key: \u00e9\u00e9\r\n",
                                "X: " + "y".repeat(20_000) + "\r\n",
                                ": x\r\n",
                                "X\r\n",
                                "Content-Length: 5\r\nContent-Length: 6\r\n",
                                "Expect: 200-maybe\r\n",
                                "Last-Event-ID: x\r\n")));
        request.append("Connection: close\r\n\r\n");
        if (chance(30)) {
            request.append("{\"a\": 1}");
        }
        String answer = exchange(request.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (answer.isEmpty()) {
            return; // Closed without an answer, which HTTP allows for a broken request.
        }
        int status = Integer.parseInt(answer.substring(9, 12));
        if (target.equals("*") && status == 501) {
            return; // Asks of the container as a whole, which answers it before there is any host
            // of ours.
        }
        assertThat(status).as("%s%n%s", request, answer).isLessThan(500).isNotEqualTo(0);
        if (status >= 400 && !method.equals("HEAD") && answer.contains("\r\n\r\n")) {
            assertThat(answer.toLowerCase(Locale.ROOT))
                    .as("%s", request)
                    .doesNotContain("<html", "exception", "\tat ");
        }
    }

    private String exchange(byte[] request) throws IOException {
        try (Socket socket = new Socket(server.url().getHost(), server.url().getPort())) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request);
                ByteArrayOutputStream answer = new ByteArrayOutputStream();
                socket.getInputStream().transferTo(answer);
                return answer.toString(StandardCharsets.ISO_8859_1);
            } catch (SocketException e) {
                return "";
            }
        }
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String word() {
        return chance(20)
                ? URLEncoder.encode(
                        new String(new int[] {random.nextInt(0xD800)}, 0, 1),
                        StandardCharsets.UTF_8)
                : pick(chance(30) ? ids : WORDS);
    }

    /** A sanity check of the limits that fuzzing leans on. */
    @Test
    void bodiesAtTheLimitAreRead() {
        int limit = Limits.METADATA_BODY_BYTES;
        String filler = "x".repeat(limit - "{\"a\": \"\"}".length());
        merchant.api().post("/ipp/v1/enrollments", "{\"a\": \"" + filler + "\"}").is(201);
        merchant.api().post("/ipp/v1/enrollments", "{\"a\": \"" + filler + "x\"}").is(413);
    }
}
