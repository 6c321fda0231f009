package dev.kassa.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Limits;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.testing.Answer;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import dev.kassa.webhook.Destinations;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SupportTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    private Answer presence() {
        return merchant.api().get("/kassa/v1/devices/" + device.id() + "/presence").is(200);
    }

    private List<JsonNode> timeline(String session) {
        return merchant
                .api()
                .get("/kassa/v1/sessions/" + session + "/timeline")
                .is(200)
                .json()
                .path("entries")
                .values()
                .stream()
                .toList();
    }

    private static List<String> what(List<JsonNode> timeline) {
        return timeline.stream().map(entry -> entry.path("what").asString()).toList();
    }

    @Test
    void aDeviceIsOnlineWhileItsStreamIsOpen() throws InterruptedException {
        assertThat(presence().json().path("online").asBoolean()).isFalse();
        assertThat(presence().json().has("last_seen_at")).isFalse();
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            DeviceStream.await(() -> presence().json().path("online").asBoolean());
            assertThat(presence().json().has("connected_at")).isTrue();
            try (DeviceStream newer = DeviceStream.open(device, null)) {
                assertThat(stream.reason()).isEqualTo("replaced");
                assertThat(newer.hasMore()).isFalse();
                assertThat(presence().json().path("online").asBoolean())
                        .as("the end of the older stream is not the end of the newer")
                        .isTrue();
            }
        }
        String session = merchant.session(device);
        merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(200);
        DeviceStream.await(() -> !presence().json().path("online").asBoolean());
        assertThat(presence().json().has("last_seen_at")).isTrue();
    }

    /** Of a session with more events and destinations than anybody can read. */
    @Test
    void aTimelineEndsAtItsLimit() {
        String session = merchant.session(device);
        addWebhooks(session, Limits.TIMELINE_ENTRIES - 1);
        assertThat(timeline(session)).hasSize(Limits.TIMELINE_ENTRIES);
        addWebhooks(session, 1);
        List<JsonNode> entries = timeline(session);
        assertThat(entries).hasSize(Limits.TIMELINE_ENTRIES);
        assertThat(what(entries)).startsWith("created");
    }

    /** Events of the session, each with a delivery, written as if they had happened. */
    private void addWebhooks(String session, int count) {
        int added =
                server.jdbc
                        .sql(
                                """
                                with logged as (
                                    insert into event (event_id, merchant_id, type, session_id, device_id,
                                        body, occurred_at)
                                    select 'kevt_' || substr(md5(random()::text || n), 1, 22), merchant_id,
                                        'ipp.payment.failed', session_id, device_id, '{}', now()
                                    from session cross join generate_series(1, ?) n
                                    where session_id = ?::uuid
                                    returning event_id, merchant_id, seq
                                )
                                insert into delivery (destination_id, seq, event_id, merchant_id, status,
                                    due_at, queued_at, finished_at)
                                select gen_random_uuid(), seq, event_id, merchant_id, 'FAILED', now(), now(),
                                    now()
                                from logged
                                """)
                        .params(List.of(count, session))
                        .update();
        assertThat(added).isEqualTo(count);
    }

    @Test
    void aSessionsWayIsTold() throws InterruptedException {
        var _ =
                server.server
                        .part(Destinations.class)
                        .ensure(merchant.id(), "nobody", URI.create("http://127.0.0.1:9/hooks"));
        String session;
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            session = merchant.session(device);
            assertThat(stream.next().session()).isEqualTo(session);
            server.run("pushes");
            device.api().post("/pos/v1/sessions/" + session + "/shown", "").is(204);
            merchant.tap(session, "INSUFFICIENT_FUNDS").is(200);
            merchant.tap(session, "SUCCESS").is(200);
        }
        List<JsonNode> timeline = timeline(session);
        assertThat(what(timeline).stream().filter(what -> !what.equals("webhook")))
                .containsExactly(
                        "created",
                        "pushed",
                        "shown",
                        "attached",
                        "declined",
                        "attached",
                        "approved",
                        "finalized",
                        "order");
        assertThat(timeline.toString()).contains("insufficient_funds", "tap_to_pay");
        assertThat(
                        timeline.stream()
                                .filter(entry -> entry.path("what").asString().equals("webhook"))
                                .map(entry -> entry.path("name").asString()))
                .containsExactlyInAnyOrder(
                        "ipp.session.created",
                        "ipp.session.activated",
                        "ipp.payment.failed",
                        "ipp.session.finalized",
                        "order.created",
                        "capture.created");
    }

    @Test
    void theCommandPrintsIt() throws InterruptedException {
        var data = TestServer.temporary();
        new PlaygroundEnv(
                        Map.of(
                                "KASSA_URL", server.url().toString(),
                                "KASSA_API_USERNAME", merchant.key().username(),
                                "KASSA_API_KEY", merchant.key().key()))
                .write(data);
        String session = merchant.session(device);
        merchant.tap(session, "SUCCESS").is(200);
        try (KassaProcess command = KassaProcess.run(data, Map.of(), "timeline", session)) {
            List<String> lines = command.endsWith(0);
            assertThat(lines.getFirst()).isEqualTo("session " + session + " is FINALIZED");
            assertThat(lines).anyMatch(line -> line.matches("\\S+ +approved +tap_to_pay .*"));
        }
        try (KassaProcess command = KassaProcess.run(data, Map.of(), "timeline", device.id())) {
            assertThat(command.endsWith(1)).hasSize(1).first().asString().contains("404");
        }
    }
}
