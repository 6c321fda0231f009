package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.event.EventType;
import dev.kassa.kernel.Limits;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Destinations in the own merchant API. */
class DestinationApiTest {
    private final TestServer server = TestServer.shared();

    private final TestMerchant merchant = server.merchant();

    private final TestClient api = merchant.api();

    private final TestMerchant.TestDevice device = merchant.device();

    private final Endpoint endpoint = Endpoint.open(Endpoint.status(200));

    @AfterEach
    void stop() {
        endpoint.close();
    }

    private TestDestination destination() {
        return TestDestination.create(merchant, "shop", endpoint.url());
    }

    @Test
    void aDestinationsLife() throws Exception {
        TestDestination shop = destination();
        assertThat(shop.secret()).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(shop.get().has("secret")).isFalse();
        assertThat(api.get(TestDestination.PATH).is(200).json().path("content")).hasSize(1);
        api.post(TestDestination.PATH, TestDestination.wish("shop", "https://example.com/", ""))
                .is(409);

        merchant.session(device);
        endpoint.receives(1);
        String off =
                TestDestination.wish("shop", endpoint.url().toString(), ", \"enabled\": false");
        assertThat(api.put(shop.path(), off).is(200).json().path("enabled").asBoolean()).isFalse();
        merchant.session(device);
        api.post(shop.path() + "/test", "").is(409);
        String on =
                TestDestination.wish(
                        "till",
                        endpoint.url().toString(),
                        ", \"event_types\": [\"order.created\"]");
        JsonNode changed = api.put(shop.path(), on).is(200).json();
        assertThat(changed.path("name").asString()).isEqualTo("till");
        assertThat(changed.path("event_types").path(0).asString()).isEqualTo("order.created");
        merchant.tap(merchant.session(merchant.device()), "SUCCESS").is(200);
        endpoint.receives(2);
        assertThat(endpoint.received.getLast().body()).contains("order.created");

        api.delete(shop.path()).is(204);
        api.get(shop.path()).is(404);
        api.delete(shop.path()).is(404);
        merchant.tap(merchant.session(merchant.device()), "SUCCESS").is(200);
        endpoint.receives(2);
    }

    /** The answer is held to the list in kassa.yaml. */
    @Test
    void everyTypeThatIsEverSentCanBeNamed() {
        String types =
                Stream.of(EventType.values())
                        .filter(type -> type != EventType.TEST)
                        .map(type -> '"' + type.wire() + '"')
                        .collect(Collectors.joining(", ", ", \"event_types\": [", "]"));
        api.post(TestDestination.PATH, TestDestination.wish("all", "https://x.example/", types))
                .is(201);
    }

    @Test
    void faultsAreNamed() {
        assertThat(api.post(TestDestination.PATH, "{}").is(400).faults())
                .containsExactly("name", "url");
        for (String url :
                List.of(
                        "ftp://x.example/",
                        "x",
                        "http:///x",
                        "https://u:p@x.example/",
                        "https://")) {
            assertThat(
                            api.post(TestDestination.PATH, TestDestination.wish("a", url, ""))
                                    .is(400)
                                    .faults())
                    .as(url)
                    .containsExactly("url");
        }
        assertThat(
                        api.post(
                                        TestDestination.PATH,
                                        TestDestination.wish(
                                                "a",
                                                "https://x.example/",
                                                ", \"event_types\": [\"order.created\", \"x\"],"
                                                        + " \"enabled\": 1"))
                                .is(400)
                                .faults())
                .containsExactly("event_types[1]", "enabled");
        assertThat(
                        api.post(
                                        TestDestination.PATH,
                                        TestDestination.wish(
                                                "a", "https://x.example/", ", \"event_types\": []"))
                                .is(400)
                                .faults())
                .containsExactly("event_types");
    }

    @Test
    void thereAreAsManyAsTheLimitAllows() {
        for (int i = 0; i < Limits.DESTINATIONS; i++) {
            api.post(
                            TestDestination.PATH,
                            TestDestination.wish(
                                    "d" + i, "https://x.example/", ", \"enabled\": false"))
                    .is(201);
        }
        api.post(TestDestination.PATH, TestDestination.wish("more", "https://x.example/", ""))
                .is(409);
        String url = "https://x.example/" + "x".repeat(Limits.URL_CHARS - 18);
        assertThat(
                        api.post(TestDestination.PATH, TestDestination.wish("long", url + "x", ""))
                                .is(400)
                                .faults())
                .containsExactly("url");
        api.post(TestDestination.PATH, TestDestination.wish("long", url, "")).is(409);
    }

    /** What is not ASCII is kept and sent as browsers would send it (RFC 3986, UTF-8). */
    @Test
    void aUrlIsEncodedBeforeItIsKeptOrSent() throws Exception {
        String base = endpoint.url().resolve("/").toString();
        Answer made =
                api.post(
                        TestDestination.PATH,
                        TestDestination.wish("emoji", base + "hök/😀?ä=ö", ""));
        String encoded = "h%C3%B6k/%F0%9F%98%80?%C3%A4=%C3%B6";
        assertThat(made.is(201).text("url")).isEqualTo(base + encoded);
        api.post(TestDestination.PATH + "/" + made.text("id") + "/test", "").is(202);
        endpoint.receives(1);
        assertThat(endpoint.received.getFirst().target()).isEqualTo("/" + encoded);
        assertThat(
                        api.post(
                                        TestDestination.PATH,
                                        TestDestination.wish("idn", "https://bücher.example/ü", ""))
                                .is(201)
                                .text("url"))
                .isEqualTo("https://xn--bcher-kva.example/%C3%BC");
        assertThat(
                        api.post(
                                        TestDestination.PATH,
                                        TestDestination.wish("two", "https://straße.example/", ""))
                                .is(400)
                                .faults())
                .containsExactly("url");
        String tooLong = "https://x.example/" + "ö".repeat(Limits.URL_CHARS / 6);
        assertThat(
                        api.post(TestDestination.PATH, TestDestination.wish("long", tooLong, ""))
                                .is(400)
                                .faults())
                .containsExactly("url");
    }

    @Test
    void aUrlIsTakenAsPeopleTypeIt() throws Exception {
        String typed = " HTTP://127.0.0.1:" + endpoint.port() + "/{shop}/a b?x[]=1|2 ";
        Answer made =
                api.sloppy("POST", TestDestination.PATH, TestDestination.wish("typed", typed, ""))
                        .is(201);
        String target = "/%7Bshop%7D/a%20b?x%5B%5D=1%7C2";
        assertThat(made.text("url")).isEqualTo("http://127.0.0.1:" + endpoint.port() + target);
        api.post(TestDestination.PATH + "/" + made.text("id") + "/test", "").is(202);
        endpoint.receives(1);
        assertThat(endpoint.received.getFirst().target()).isEqualTo(target);
        api.post(
                        TestDestination.PATH,
                        TestDestination.wish("docker", "http://shop_web_1:8080/", ""))
                .is(201);
        refused("http://x.example:0/", "must name a port from 1 to 65535");
        refused("http://shop_web:65536/", "must name a port from 1 to 65535");
        refused("http://x.example/#top", "must hold no fragment");
    }

    private void refused(String url, String why) {
        Answer answer =
                api.sloppy("POST", TestDestination.PATH, TestDestination.wish("no", url, ""));
        assertThat(answer.is(400).fault("url")).contains(why);
    }

    /** One that was kept before URLs were encoded. */
    @Test
    void aUrlThatWasKeptAsItWasTypedIsSentEncoded() throws Exception {
        TestDestination shop = destination();
        int changed =
                server.jdbc
                        .sql(
                                "update destination set url = url || '/ö' where destination_id = ?::uuid")
                        .param(shop.id())
                        .update();
        assertThat(changed).isOne();
        assertThat(shop.get().path("url").asString()).isEqualTo(endpoint.url() + "/%C3%B6");
        Await.until(
                "sent where it leads to",
                TestDestination.PATIENCE,
                () -> {
                    api.post(shop.path() + "/test", "").is(202);
                    return endpoint.received.stream()
                            .anyMatch(request -> request.target().equals("/hook/%C3%B6"));
                });
    }

    /** The time in the library is the real one, so the clock is not moved until the end. */
    @Test
    void forTenMinutesAfterARotationBothSecretsSign() throws Exception {
        try (TestServer own = TestServer.start()) {
            rotate(own, TestDestination.create(own.merchant(), "shop", endpoint.url()));
        }
    }

    private void rotate(TestServer own, TestDestination shop) throws Exception {
        TestClient api = shop.merchant().api();
        String old = shop.secret();
        Answer rotated = api.post(shop.path() + "/rotate", "").is(200);
        String fresh = rotated.text("secret");
        assertThat(fresh).isNotEqualTo(old);
        assertThat(rotated.json().has("previous_secret_until")).isTrue();
        api.post(shop.path() + "/test", "").is(202);
        endpoint.receives(1);
        Endpoint.Request request = endpoint.received.getFirst();
        assertThat(request.headers().get("webhook-signature")).matches("v1,\\S+ v1,\\S+");
        assertThat(request.isSignedWith(old)).isTrue();
        assertThat(request.isSignedWith(fresh)).isTrue();
        assertThat(request.isSignedWith("whsec_" + "A".repeat(43) + "=")).isFalse();

        own.clock.advance(Duration.ofMinutes(10));
        api.post(shop.path() + "/test", "").is(202);
        endpoint.receives(2);
        assertThat(endpoint.received.get(1).headers().get("webhook-signature")).matches("v1,\\S+");
        assertThat(shop.get().has("previous_secret_until")).isFalse();
    }

    @Test
    void extensionsAreSentOnlyWhereTheyAreTicked() throws Exception {
        try (TestServer own = TestServer.start()) {
            expire(own, own.merchant());
        }
    }

    private void expire(TestServer own, TestMerchant merchant) throws Exception {
        Endpoint ticked = Endpoint.open(Endpoint.status(200));
        TestDestination.create(merchant, "shop", endpoint.url());
        merchant.api()
                .post(
                        TestDestination.PATH,
                        TestDestination.wish(
                                "ticked",
                                ticked.url().toString(),
                                ", \"event_types\": [\"ipp.session.expired\"]"))
                .is(201);
        merchant.session(merchant.device());
        endpoint.receives(1);
        own.clock.advance(Duration.ofHours(1));
        own.run("session-expiry");
        own.run("webhook-deliveries");
        Await.until("the extension", TestDestination.PATIENCE, () -> ticked.received.size() == 1);
        assertThat(ticked.received.getFirst().body()).contains("ipp.session.expired");
        endpoint.receives(1);
        ticked.close();
    }

    @Test
    void aSecretIsRevealedOnce() {
        TestDestination shop = destination();
        assertThat(api.post(shop.path() + "/reveal", "").is(200).text("secret"))
                .isEqualTo(shop.secret());
        api.post(shop.path() + "/reveal", "").is(409);
        String fresh = api.post(shop.path() + "/rotate", "").is(200).text("secret");
        assertThat(api.post(shop.path() + "/reveal", "").is(200).text("secret")).isEqualTo(fresh);
        api.post(shop.path() + "/reveal", "").is(409);
        assertThat(
                        server.texts(
                                "select destination::text from destination where merchant_id = ?",
                                merchant.id().value()))
                .hasSize(1)
                .noneMatch(row -> row.contains(fresh.substring(6)));
    }

    @Test
    void inProductionOnlyThePublicInternetIsADestination() throws InterruptedException {
        Map<String, String> settings =
                new TreeMap<>(
                        TestServer.settings(TestPostgres.newDatabase(), TestServer.temporary()));
        settings.put("KASSA_MODE", "production");
        settings.put("KASSA_PUBLIC_URL", "https://pay.example");
        settings.put("KASSA_MASTER_KEY", "k".repeat(32));
        settings.put("KASSA_WEBHOOK_ALLOW", "10.1.0.0/16");
        try (TestServer production = TestServer.start(settings)) {
            TestClient live = production.merchant().api();
            for (String url :
                    List.of(
                            "http://shop.example/",
                            "https://127.0.0.1/",
                            "https://[::1]/",
                            "https://[::ffff:10.0.0.1]/",
                            "https://169.254.169.254/latest/meta-data",
                            "https://10.2.0.1/")) {
                assertThat(
                                live.post(TestDestination.PATH, TestDestination.wish("a", url, ""))
                                        .is(400)
                                        .faults())
                        .as(url)
                        .containsExactly("url");
            }
            live.post(TestDestination.PATH, TestDestination.wish("a", "https://10.1.2.3/", ""))
                    .is(201);
            Answer named =
                    live.post(
                            TestDestination.PATH,
                            TestDestination.wish("b", "https://localhost:9/", ""));
            String id = named.is(201).text("id");
            live.post(TestDestination.PATH + "/" + id + "/test", "").is(202);
            Await.until(
                    "refused at the connection",
                    TestDestination.PATIENCE,
                    () ->
                            live.get(TestDestination.PATH + "/" + id + "/deliveries")
                                    .response()
                                    .body()
                                    .contains("not an address of the public internet"));
        }
    }
}
