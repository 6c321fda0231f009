package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Contract;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every operation refuses alike: the wrong method, credential, media type, size and id. The
 * answers must be documented for each operation, which {@link Contract} sees to.
 */
class RefusalTest {
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "get");

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    static Stream<String> routes() {
        // What a provider calls is refused by the provider's signature; see ProviderTest.
        return Contract.routes().stream().filter(route -> !route.contains(" /providers/"));
    }

    private static String method(String route) {
        return route.substring(0, route.indexOf(' '));
    }

    /** The path with ids that nobody has. */
    private static String path(String route) {
        return route.substring(route.indexOf(' ') + 1)
                .replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
    }

    private TestClient client(String route) {
        return path(route).startsWith("/pos/") ? merchant.device().api() : merchant.api();
    }

    private static boolean needsCredential(String route) {
        return !route.equals("POST /pos/v1/devices");
    }

    private static boolean readsABody(String route) {
        boolean verb =
                Stream.of(
                                "/cancel",
                                "/simulate-tap",
                                "/finalize",
                                "/shown",
                                "/provider-decision",
                                "/rotate",
                                "/reveal",
                                "/test",
                                "/deliveries/{event_id}/resend",
                                "/acknowledge",
                                "/extend-authorization-time",
                                "/release-remaining-authorization",
                                "/trigger-send-out",
                                "/callbacks")
                        .anyMatch(route::endsWith);
        return Stream.of("POST", "PUT", "PATCH").anyMatch(method(route)::equals) && !verb;
    }

    private static Answer send(
            TestClient client, String route, String header, String value, String body) {
        return client.send(
                client.request(path(route))
                        .header(header, value)
                        .method(method(route), HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String challenge(Answer refused) {
        return refused.response().headers().firstValue("WWW-Authenticate").orElse("");
    }

    @ParameterizedTest
    @MethodSource("routes")
    void withoutACredential(String route) {
        if (needsCredential(route)) {
            TestClient nobody = new TestClient(server.url(), null);
            Answer refused = send(nobody, route, "Content-Type", "application/json", "{}").is(401);
            assertThat(refused.text("title") + refused.text("error_code"))
                    .isIn("Unauthorized", "UNAUTHORIZED");
            String scheme = path(route).startsWith("/pos/") ? "Bearer " : "Basic ";
            assertThat(challenge(refused)).startsWith(scheme);
            Answer browser = send(nobody, route, "Sec-Fetch-Mode", "navigate", "").is(401);
            assertThat(challenge(browser))
                    .as("no dialogue of the browser's")
                    .doesNotStartWith("Basic");
        }
    }

    /** Whatever is no method of the address, with all that are in the answer's Allow. */
    @ParameterizedTest
    @MethodSource("routes")
    void withAnotherMethod(String route) {
        TestClient client = client(route);
        Set<String> taken = methods(route);
        for (String other : METHODS) {
            if (!taken.contains(other)) {
                HttpResponse<String> refused =
                        client.plain(
                                client.request(path(route))
                                        .method(other, HttpRequest.BodyPublishers.noBody()));
                assertThat(refused.statusCode()).as(other).isEqualTo(405);
                assertThat(allowed(refused)).as(other).isEqualTo(taken);
            }
        }
        HttpResponse<String> options =
                client.plain(
                        client.request(path(route))
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(options.statusCode()).isEqualTo(200);
        assertThat(allowed(options)).isEqualTo(taken);
    }

    /** Those that are documented for this path, and what comes with them. */
    private static Set<String> methods(String route) {
        String path = route.substring(route.indexOf(' ') + 1);
        Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
        Contract.routes().stream()
                .filter(other -> other.endsWith(" " + path))
                .forEach(other -> methods.add(method(other)));
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return methods;
    }

    private static Set<String> allowed(HttpResponse<String> response) {
        Set<String> allowed = new TreeSet<>(Set.of("OPTIONS"));
        response.headers()
                .allValues("Allow")
                .forEach(value -> allowed.addAll(List.of(value.split(",\\s*", -1))));
        return allowed;
    }

    /** What a page of another origin asks before it sends something: nobody is let through. */
    @ParameterizedTest
    @MethodSource("routes")
    void askedByAPageOfAnotherOrigin(String route) {
        HttpResponse<String> response =
                client(route)
                        .plain(
                                client(route)
                                        .request(path(route))
                                        .header("Origin", "https://elsewhere.example")
                                        .header("Access-Control-Request-Method", method(route))
                                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(response.headers().map().keySet())
                .noneMatch(name -> name.startsWith("access-control-"));
    }

    /** As GET, but without the body; it takes no place and ends at once. */
    @ParameterizedTest
    @MethodSource("routes")
    void askedForTheHeadersAlone(String route) {
        if (method(route).equals("GET")) {
            TestClient client = client(route);
            HttpResponse<String> head =
                    client.plain(
                            client.request(
                                            path(route)
                                                    + (route.endsWith("/events") ? "?wait=25" : ""))
                                    .timeout(Duration.ofSeconds(10))
                                    .method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isIn(200, 404);
            assertThat(head.body()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void askingForAnotherMediaType(String route) {
        boolean answersJson =
                !method(route).equals("DELETE")
                        && !route.endsWith("/stream")
                        && (!route.contains(" /ordermanagement/") || method(route).equals("GET"));
        if (answersJson) {
            long before = sessions();
            send(client(route), route, "Accept", "application/xml", "").is(406);
            assertThat(sessions()).isEqualTo(before);
        }
    }

    private long sessions() {
        return server.count(
                "select count(*) from session where merchant_id = ?", merchant.id().value());
    }

    /** Whichever of them won, another try would have other keys, and be done again. */
    @ParameterizedTest
    @MethodSource("routes")
    void underKeysThatDiffer(String route) {
        // Devices send no keys: their operations can be repeated as they are.
        if (!route.contains(" /pos/") && List.of("POST", "PUT", "PATCH").contains(method(route))) {
            String key = UUID.randomUUID().toString();
            for (String second : List.of("Klarna-Idempotency-Key", "Idempotency-Key")) {
                TestClient client = client(route);
                HttpResponse<String> refused =
                        client.plain(
                                client.request(path(route))
                                        .header("Idempotency-Key", key)
                                        .header(second, key + "x")
                                        .header("Content-Type", "application/json")
                                        .method(
                                                method(route),
                                                HttpRequest.BodyPublishers.ofString("{}")));
                assertThat(refused.statusCode()).as(second).isEqualTo(400);
                assertThat(refused.body()).contains("Idempotency-Key", "several");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void withABodyThatIsNoJson(String route) {
        if (readsABody(route)) {
            TestClient client = client(route);
            send(client, route, "Content-Type", "text/plain", "{}").is(415);
            Answer compressed =
                    client.send(
                                    client.request(path(route))
                                            .header("Content-Type", "application/json")
                                            .header("Content-Encoding", "gzip")
                                            .method(
                                                    method(route),
                                                    HttpRequest.BodyPublishers.ofString("{}")))
                            .is(415);
            assertThat(compressed.response().headers().firstValue("Accept-Encoding"))
                    .contains("identity");
            send(client, route, "Content-Type", "application/json", "{").is(400);
            send(client, route, "Content-Type", "application/json", "").is(400);
            int limit = server.bodyLimit(route);
            send(client, route, "Content-Type", "application/json", "x".repeat(limit)).is(400);
            Answer refused =
                    send(client, route, "Content-Type", "application/json", "x".repeat(limit + 1))
                            .is(413);
            assertThat(refused.response().body()).contains("larger than " + limit + " bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void withIdsThatAreNone(String route) {
        if (route.contains("{")) {
            TestClient client = client(route);
            String name = route.replaceAll("[^{]*\\{([^}]+)}.*", "$1");
            String body =
                    """
                    {"method": "tap_to_pay", "name": "Shop", "url": "https://shop.example/",
                     "from": "2026-01-01T00:00:00Z", "captured_amount": 1, "refunded_amount": 1,
                     "order_amount": 1, "shipping_info": [{}]}
                    """;
            send(client, route, "Content-Type", "application/json", body).is(404);
            String bad = route.replaceAll("\\{[^}]+}", "1-2-3-4-5");
            assertThat(send(client, bad, "Content-Type", "application/json", body).is(400).faults())
                    .containsExactly(name);
        }
    }
}
