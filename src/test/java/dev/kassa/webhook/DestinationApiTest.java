package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
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
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The own merchant API: destinations, their deliveries, and the events. */
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

    private void received(int count) throws InterruptedException {
        Await.until(
                count + " requests, not " + endpoint.received.size(),
                TestDestination.PATIENCE,
                () -> endpoint.received.size() >= count);
        assertThat(endpoint.received).hasSize(count);
    }

    private static String wish(String name, String url, String more) {
        return "{\"name\": \"%s\", \"url\": \"%s\"%s}".formatted(name, url, more);
    }

    @Test
    void aDestinationsLife() throws Exception {
        TestDestination shop = destination();
        assertThat(shop.secret()).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(shop.get().has("secret")).isFalse();
        assertThat(api.get(TestDestination.PATH).is(200).json().path("content")).hasSize(1);
        api.post(TestDestination.PATH, wish("shop", "https://example.com/", "")).is(409);

        merchant.session(device);
        received(1);
        String off = wish("shop", endpoint.url().toString(), ", \"enabled\": false");
        assertThat(api.put(shop.path(), off).is(200).json().path("enabled").asBoolean()).isFalse();
        merchant.session(device);
        api.post(shop.path() + "/test", "").is(409);
        String on =
                wish("till", endpoint.url().toString(), ", \"event_types\": [\"order.created\"]");
        JsonNode changed = api.put(shop.path(), on).is(200).json();
        assertThat(changed.path("name").asString()).isEqualTo("till");
        assertThat(changed.path("event_types").path(0).asString()).isEqualTo("order.created");
        merchant.tap(merchant.session(merchant.device()), "SUCCESS").is(200);
        received(2);
        assertThat(endpoint.received.getLast().body()).contains("order.created");

        api.delete(shop.path()).is(204);
        api.get(shop.path()).is(404);
        api.delete(shop.path()).is(404);
        merchant.tap(merchant.session(merchant.device()), "SUCCESS").is(200);
        received(2);
    }

    /** The answer is held to the list in kassa.yaml. */
    @Test
    void everyTypeThatIsEverSentCanBeNamed() {
        String types =
                Stream.of(EventType.values())
                        .filter(type -> type != EventType.TEST)
                        .map(type -> '"' + type.wire() + '"')
                        .collect(Collectors.joining(", ", ", \"event_types\": [", "]"));
        api.post(TestDestination.PATH, wish("all", "https://x.example/", types)).is(201);
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
            assertThat(api.post(TestDestination.PATH, wish("a", url, "")).is(400).faults())
                    .as(url)
                    .containsExactly("url");
        }
        assertThat(
                        api.post(
                                        TestDestination.PATH,
                                        wish(
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
                                        wish("a", "https://x.example/", ", \"event_types\": []"))
                                .is(400)
                                .faults())
                .containsExactly("event_types");
    }

    @Test
    void thereAreAsManyAsTheLimitAllows() {
        for (int i = 0; i < Limits.DESTINATIONS; i++) {
            api.post(
                            TestDestination.PATH,
                            wish("d" + i, "https://x.example/", ", \"enabled\": false"))
                    .is(201);
        }
        api.post(TestDestination.PATH, wish("more", "https://x.example/", "")).is(409);
        String url = "https://x.example/" + "x".repeat(Limits.URL_CHARS - 18);
        assertThat(api.post(TestDestination.PATH, wish("long", url + "x", "")).is(400).faults())
                .containsExactly("url");
        api.post(TestDestination.PATH, wish("long", url, "")).is(409);
    }

    /** What is not ASCII is kept and sent as browsers would send it (RFC 3986, UTF-8). */
    @Test
    void aUrlIsEncodedBeforeItIsKeptOrSent() throws Exception {
        String base = endpoint.url().resolve("/").toString();
        Answer made = api.post(TestDestination.PATH, wish("emoji", base + "hök/😀?ä=ö", ""));
        String encoded = "h%C3%B6k/%F0%9F%98%80?%C3%A4=%C3%B6";
        assertThat(made.is(201).text("url")).isEqualTo(base + encoded);
        api.post(TestDestination.PATH + "/" + made.text("id") + "/test", "").is(202);
        received(1);
        assertThat(endpoint.received.getFirst().target()).isEqualTo("/" + encoded);
        assertThat(
                        api.post(TestDestination.PATH, wish("idn", "https://bücher.example/ü", ""))
                                .is(201)
                                .text("url"))
                .isEqualTo("https://xn--bcher-kva.example/%C3%BC");
        assertThat(
                        api.post(TestDestination.PATH, wish("two", "https://straße.example/", ""))
                                .is(400)
                                .faults())
                .containsExactly("url");
        String tooLong = "https://x.example/" + "ö".repeat(Limits.URL_CHARS / 6);
        assertThat(api.post(TestDestination.PATH, wish("long", tooLong, "")).is(400).faults())
                .containsExactly("url");
    }

    @Test
    void aUrlIsTakenAsPeopleTypeIt() throws Exception {
        String typed = " HTTP://127.0.0.1:" + endpoint.port() + "/{shop}/a b?x[]=1|2 ";
        Answer made = api.sloppy("POST", TestDestination.PATH, wish("typed", typed, "")).is(201);
        String target = "/%7Bshop%7D/a%20b?x%5B%5D=1%7C2";
        assertThat(made.text("url")).isEqualTo("http://127.0.0.1:" + endpoint.port() + target);
        api.post(TestDestination.PATH + "/" + made.text("id") + "/test", "").is(202);
        received(1);
        assertThat(endpoint.received.getFirst().target()).isEqualTo(target);
        api.post(TestDestination.PATH, wish("docker", "http://shop_web_1:8080/", "")).is(201);
        refused("http://x.example:0/", "must name a port from 1 to 65535");
        refused("http://shop_web:65536/", "must name a port from 1 to 65535");
        refused("http://x.example/#top", "must hold no fragment");
    }

    private void refused(String url, String why) {
        Answer answer = api.sloppy("POST", TestDestination.PATH, wish("no", url, ""));
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

    private static boolean verifies(String secret, Endpoint.Request request)
            throws EmptyWebhookSecretException {
        try {
            new Webhook(secret).verify(request.body(), request.httpHeaders());
            return true;
        } catch (WebhookVerificationException e) {
            return false;
        }
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
        received(1);
        Endpoint.Request request = endpoint.received.getFirst();
        assertThat(request.headers().get("webhook-signature")).matches("v1,\\S+ v1,\\S+");
        assertThat(verifies(old, request)).isTrue();
        assertThat(verifies(fresh, request)).isTrue();
        assertThat(verifies("whsec_" + "A".repeat(43) + "=", request)).isFalse();

        own.clock.advance(Duration.ofMinutes(10));
        api.post(shop.path() + "/test", "").is(202);
        received(2);
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
                        wish(
                                "ticked",
                                ticked.url().toString(),
                                ", \"event_types\": [\"ipp.session.expired\"]"))
                .is(201);
        merchant.session(merchant.device());
        received(1);
        own.clock.advance(Duration.ofHours(1));
        own.run("session-expiry");
        own.run("webhook-deliveries");
        Await.until("the extension", TestDestination.PATIENCE, () -> ticked.received.size() == 1);
        assertThat(ticked.received.getFirst().body()).contains("ipp.session.expired");
        received(1);
        ticked.close();
    }

    /**
     * What a disabled destination was not sent ends after three days; the log after the retention.
     */
    @Test
    void whatIsOldIsCleaned() throws Exception {
        try (TestServer own = TestServer.start()) {
            TestMerchant merchant = own.merchant();
            endpoint.behave(Endpoint.status(500));
            TestDestination shop = TestDestination.create(merchant, "shop", endpoint.url());
            merchant.session(merchant.device());
            assertThat(shop.tried(1).path("log")).hasSize(1);
            String off = wish("shop", endpoint.url().toString(), ", \"enabled\": false");
            merchant.api().put(shop.path(), off).is(200);
            own.clock.advance(Duration.ofDays(3));
            own.run("webhook-cleaning");
            assertThat(shop.tried(1).path("status").asString()).isEqualTo("PENDING");
            own.clock.advance(Duration.ofHours(2));
            own.run("webhook-cleaning");
            assertThat(shop.tried(1).path("status").asString()).isEqualTo("FAILED");
            own.clock.advance(Duration.ofDays(26));
            own.run("webhook-cleaning");
            assertThat(shop.tried(1).path("log")).hasSize(1);
            own.clock.advance(Duration.ofDays(2));
            own.run("webhook-cleaning");
            assertThat(shop.tried(1).path("log")).isEmpty();
            merchant.api().delete(shop.path()).is(204);
            assertThat(
                            own.count(
                                    "select count(*) from delivery where merchant_id = ?",
                                    merchant.id().value()))
                    .isZero();
        }
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
                .noneMatch(row -> row.contains(fresh.substring(6)));
    }

    @Test
    void aTestEventGoesToItsDestinationAlone() throws Exception {
        TestDestination shop = destination();
        Endpoint other = Endpoint.open(Endpoint.status(200));
        TestDestination.create(merchant, "other", other.url());
        String event = api.post(shop.path() + "/test", "").is(202).text("event_id");
        JsonNode delivery = shop.tried(1);
        assertThat(delivery.path("event_id").asString()).isEqualTo(event);
        assertThat(delivery.path("event_type").asString()).isEqualTo("kassa.test");
        assertThat(delivery.path("status").asString()).isEqualTo("DELIVERED");
        assertThat(verifies(shop.secret(), endpoint.received.getFirst())).isTrue();
        assertThat(delivery.path("payload").toString())
                .isEqualTo(endpoint.received.getFirst().body());
        assertThat(other.received).isEmpty();
        other.close();
    }

    @Test
    void oneEventIsSentAgain() throws Exception {
        merchant.session(device);
        TestDestination shop = destination();
        merchant.session(device);
        received(1);
        JsonNode delivery = shop.tried(1);
        String event = delivery.path("event_id").asString();
        api.post(shop.path() + "/deliveries/" + event + "/resend", "").is(202);
        received(2);
        assertThat(endpoint.received.get(1).body()).isEqualTo(endpoint.received.get(0).body());
        assertThat(shop.tried(2).path("log")).hasSize(2);
        String before =
                api.get("/kassa/v1/events")
                        .is(200)
                        .json()
                        .path("content")
                        .path(0)
                        .path("event")
                        .path("id")
                        .asString();
        assertThat(before).isNotEqualTo(event);
        api.post(shop.path() + "/deliveries/" + before + "/resend", "").is(202);
        received(3);
        assertThat(endpoint.received.get(2).id()).isEqualTo(before);
        api.post(shop.path() + "/deliveries/kevt_0000000000000000000000/resend", "").is(404);
        api.get(shop.path() + "/deliveries/kevt_%20").is(404);
    }

    @Test
    void aStretchIsSentAgain() throws Exception {
        String from = server.clock.instant().toString();
        merchant.session(device); // before there was a destination
        TestDestination shop = destination();
        merchant.session(device);
        received(1);
        shop.tried(1);
        String unacknowledged = "{\"from\": \"" + from + "\"}";
        Answer resent = api.post(shop.path() + "/resend", unacknowledged).is(202);
        assertThat(resent.json().path("queued").asInt()).isOne();
        received(2);
        Await.until(
                "written",
                TestDestination.PATIENCE,
                () ->
                        shop.deliveries().findValuesAsString("status").stream()
                                .allMatch("DELIVERED"::equals));
        String all = "{\"from\": \"" + from + "\", \"include_delivered\": true}";
        assertThat(api.post(shop.path() + "/resend", all).is(202).json().path("queued").asInt())
                .isEqualTo(2);
        received(4);
        assertThat(api.post(shop.path() + "/resend", "{}").is(400).faults())
                .containsExactly("from");
        assertThat(
                        api.post(
                                        shop.path() + "/resend",
                                        "{\"from\": \"%s\", \"to\": \"%s\"}".formatted(from, from))
                                .is(400)
                                .faults())
                .containsExactly("to");
    }

    @Test
    void deliveriesAreReadInSlices() throws Exception {
        TestDestination shop = destination();
        for (int i = 0; i < 5; i++) {
            merchant.session(device);
        }
        received(5);
        String path = shop.path() + "/deliveries?page_size=2";
        JsonNode first = api.get(path).is(200).json();
        JsonNode second = api.get(path + "&before=" + first.path("next").asString()).is(200).json();
        JsonNode third = api.get(path + "&before=" + second.path("next").asString()).is(200).json();
        assertThat(first.path("content")).hasSize(2);
        assertThat(third.path("content")).hasSize(1);
        assertThat(third.has("next")).isFalse();
        assertThat(api.get(path + "&status=FAILED").is(200).json().path("content")).isEmpty();
        Await.until(
                "written",
                TestDestination.PATIENCE,
                () ->
                        shop.deliveries().findValuesAsString("status").stream()
                                .allMatch("DELIVERED"::equals));
        assertThat(api.get(path + "&status=PENDING").is(200).json().path("content")).isEmpty();
        assertThat(api.get(path + "&status=DELIVERED").is(200).json().path("content")).hasSize(2);
        assertThat(api.get(path + "&status=DELIVERED").is(200).text("next"))
                .isEqualTo(first.path("next").asString());
        assertThat(api.get(path + "&status=x&before=y").is(400).faults())
                .containsExactly("status", "before");
    }

    /**
     * A long history in which what is looked for is rare: 25,000 deliveries, the oldest of each
     * status among them.
     */
    @Test
    void aListLooksAtNoMoreThanItMust() {
        TestDestination shop = destination();
        int deliveries = 25_000;
        int made =
                server.jdbc
                        .sql(
                                """
                                with logged as (
                                    insert into event (event_id, merchant_id, type, body, occurred_at)
                                    select 'kevt_' || substr(md5(?::text || n) || md5(n::text), 1, 22),
                                        ?, 'order.created', '{}', now()
                                    from generate_series(1, ?) n
                                    returning event_id, merchant_id, seq
                                )
                                insert into delivery (destination_id, seq, event_id, merchant_id, status,
                                    due_at, queued_at, step, finished_at)
                                select ?::uuid, seq, event_id, merchant_id,
                                    (array['DELIVERED', 'FAILED', 'PENDING', 'PENDING'])[least(nth, 4)],
                                    now() + interval '1 day', now(),
                                    case least(nth, 4) when 3 then 1 else 9 end, now()
                                from (select *, row_number() over (order by seq) as nth from logged) l
                                """)
                        .params(List.of(shop.id(), merchant.id().value(), deliveries, shop.id()))
                        .update();
        assertThat(made).isEqualTo(deliveries);
        String path = shop.path() + "/deliveries?page_size=2";
        assertThat(api.get(path + "&status=FAILED").is(200).json().path("content")).hasSize(1);
        assertThat(api.get(path + "&status=PENDING").is(200).json().path("content")).hasSize(2);
        int found = 0;
        int slices = 0;
        String before = "";
        do {
            JsonNode slice = api.get(path + "&status=DELIVERED" + before).is(200).json();
            found += slice.path("content").size();
            before = slice.has("next") ? "&before=" + slice.path("next").asString() : "";
            slices++;
        } while (!before.isEmpty());
        assertThat(found).isOne();
        assertThat(slices).as("each looks at 10,000 at the most").isEqualTo(3);
    }

    @Test
    void eventsAreReadFromACursorAndWaitedFor() throws Exception {
        String end = api.get("/kassa/v1/events?after=end").is(200).text("next");
        String session = merchant.session(device);
        JsonNode one = api.get("/kassa/v1/events?after=" + end + "&wait=10").is(200).json();
        assertThat(one.path("content")).hasSize(1);
        assertThat(one.path("content").path(0).path("event").path("data").path("session_id"))
                .hasToString("\"" + session + "\"");
        assertThat(one.path("content").path(0).has("request")).isFalse();

        String next = one.path("next").asString();
        CompletableFuture<Answer> waiting =
                CompletableFuture.supplyAsync(
                        () -> api.get("/kassa/v1/events?wait=20&after=" + next));
        String tapped = merchant.session(merchant.device());
        merchant.tap(tapped, "SUCCESS").is(200);
        JsonNode some = waiting.get().is(200).json();
        assertThat(some.path("content").toString()).contains(tapped);

        assertThat(api.get("/kassa/v1/events?after=x&wait=31&page_size=0").is(400).faults())
                .containsExactly("after", "wait", "page_size");
        TestDestination shop = destination();
        JsonNode signed = api.get("/kassa/v1/events?destination_id=" + shop.id()).is(200).json();
        assertThat(signed.path("content")).hasSize(6);
        for (JsonNode entry : signed.path("content")) {
            Map<String, List<String>> headers = new TreeMap<>();
            entry.path("request")
                    .path("headers")
                    .properties()
                    .forEach(h -> headers.put(h.getKey(), List.of(h.getValue().asString())));
            new Webhook(shop.secret())
                    .verify(
                            entry.path("request").path("body").asString(),
                            HttpHeaders.of(headers, (name, value) -> true));
        }
        TestMerchant other = server.merchant();
        other.api().get("/kassa/v1/events?destination_id=" + shop.id()).is(404);
        assertThat(other.api().get("/kassa/v1/events").is(200).json().path("content")).isEmpty();
    }

    /** A transaction that draws its number first and commits last is not passed over. */
    @Test
    void aLateCommitIsNotMissed() throws Exception {
        String end = api.get("/kassa/v1/events?after=end").is(200).text("next");
        String insert =
                """
                insert into event (event_id, merchant_id, type, body, occurred_at)
                values (?, '%s', 'order.created', '{"id":"x","merchant_id":"x","timestamp":"x",
                    "type":"x","data":{}}', now())
                """
                        .formatted(merchant.id().value());
        try (var late = server.server.part(DataSource.class).getConnection();
                var statement = late.prepareStatement(insert)) {
            late.setAutoCommit(false);
            statement.setString(1, "kevt_late");
            assertThat(statement.executeUpdate()).isOne();
            merchant.session(device);
            JsonNode meanwhile = api.get("/kassa/v1/events?after=" + end).is(200).json();
            late.commit();
            String next = meanwhile.path("next").asString();
            JsonNode then = api.get("/kassa/v1/events?after=" + next).is(200).json();
            assertThat(meanwhile.path("content").size() + then.path("content").size()).isEqualTo(2);
        }
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
                assertThat(live.post(TestDestination.PATH, wish("a", url, "")).is(400).faults())
                        .as(url)
                        .containsExactly("url");
            }
            live.post(TestDestination.PATH, wish("a", "https://10.1.2.3/", "")).is(201);
            Answer named = live.post(TestDestination.PATH, wish("b", "https://localhost:9/", ""));
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
