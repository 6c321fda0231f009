package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every operation refuses alike: the wrong method, credential, media type, size and id. The
 * answers must be documented for each operation, which {@link Contract} sees to.
 */
class RefusalTest {
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

    @ParameterizedTest
    @MethodSource("routes")
    void withoutACredential(String route) {
        if (needsCredential(route)) {
            TestClient nobody = new TestClient(server.url(), null);
            Answer refused = send(nobody, route, "Content-Type", "application/json", "{}").is(401);
            assertThat(refused.text("title") + refused.text("error_code"))
                    .isIn("Unauthorized", "UNAUTHORIZED");
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void withAnotherMethod(String route) {
        TestClient client = client(route);
        String other = method(route).equals("PATCH") ? "PUT" : "PATCH";
        Answer refused =
                client.send(
                                client.request(path(route))
                                        .method(other, HttpRequest.BodyPublishers.noBody()))
                        .is(405);
        assertThat(refused.response().headers().firstValue("Allow").orElse(""))
                .contains(method(route));
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

    @ParameterizedTest
    @MethodSource("routes")
    void withABodyThatIsNoJson(String route) {
        if (readsABody(route)) {
            TestClient client = client(route);
            send(client, route, "Content-Type", "text/plain", "{}").is(415);
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
