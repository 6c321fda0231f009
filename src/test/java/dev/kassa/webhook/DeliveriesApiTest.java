package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Deliveries in the own merchant API: read, sent again, and cleaned. */
class DeliveriesApiTest {
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
            String off =
                    TestDestination.wish("shop", endpoint.url().toString(), ", \"enabled\": false");
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
    void aTestEventGoesToItsDestinationAlone() throws Exception {
        TestDestination shop = destination();
        Endpoint other = Endpoint.open(Endpoint.status(200));
        TestDestination.create(merchant, "other", other.url());
        String event = api.post(shop.path() + "/test", "").is(202).text("event_id");
        JsonNode delivery = shop.tried(1);
        assertThat(delivery.path("event_id").asString()).isEqualTo(event);
        assertThat(delivery.path("event_type").asString()).isEqualTo("kassa.test");
        assertThat(delivery.path("status").asString()).isEqualTo("DELIVERED");
        assertThat(endpoint.received.getFirst().isSignedWith(shop.secret())).isTrue();
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
        endpoint.receives(1);
        JsonNode delivery = shop.tried(1);
        String event = delivery.path("event_id").asString();
        api.post(shop.path() + "/deliveries/" + event + "/resend", "").is(202);
        endpoint.receives(2);
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
        endpoint.receives(3);
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
        endpoint.receives(1);
        shop.tried(1);
        String unacknowledged = "{\"from\": \"" + from + "\"}";
        Answer resent = api.post(shop.path() + "/resend", unacknowledged).is(202);
        assertThat(resent.json().path("queued").asInt()).isOne();
        endpoint.receives(2);
        Await.until(
                "written",
                TestDestination.PATIENCE,
                () ->
                        shop.deliveries().findValuesAsString("status").stream()
                                .allMatch("DELIVERED"::equals));
        String all = "{\"from\": \"" + from + "\", \"include_delivered\": true}";
        assertThat(api.post(shop.path() + "/resend", all).is(202).json().path("queued").asInt())
                .isEqualTo(2);
        endpoint.receives(4);
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
        endpoint.receives(5);
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
}
