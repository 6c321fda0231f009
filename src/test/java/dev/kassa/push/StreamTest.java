package dev.kassa.push;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    @Test
    void everyChangeOfASessionIsTold() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            String session = merchant.session(device);
            DeviceStream.Event created = stream.next();
            assertThat(created.session()).isEqualTo(session);
            assertThat(created.status()).isEqualTo("CREATED");
            assertThat(created.data().path("order_items").size()).isEqualTo(2);
            merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(200);
            DeviceStream.Event cancelled = stream.next();
            assertThat(cancelled.session()).isEqualTo(session);
            assertThat(cancelled.status()).isEqualTo("CANCELLED");
            assertThat(Long.parseLong(cancelled.id())).isGreaterThan(Long.parseLong(created.id()));
        }
    }

    @Test
    void aNewStreamBeginsWithTheOpenSessions() throws InterruptedException {
        String first = merchant.session(device);
        String second = merchant.session(device);
        merchant.tap(merchant.session(merchant.device()), "SUCCESS").is(200);
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().session()).isEqualTo(first);
            assertThat(stream.next().session()).isEqualTo(second);
        }
    }

    /** Were the first of them to carry the id to go on from, the second would be lost. */
    @Test
    void onlyTheLastOfTheOpenSessionsIsFollowedByAnId() throws InterruptedException {
        merchant.session(device);
        String newest = merchant.session(device);
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().id()).isEmpty();
            assertThat(stream.next().id()).isEmpty();
            merchant.api().put("/ipp/v1/sessions/" + newest + "/cancel").is(200);
            assertThat(stream.next().id()).isEqualTo(stream.lastId()).isNotEmpty();
        }
    }

    @Test
    void aStreamWithNothingToTellKnowsWhereToGoOn() throws InterruptedException {
        String seen;
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            DeviceStream.await(() -> !stream.lastId().isEmpty());
            seen = stream.lastId();
        }
        String missed = merchant.session(device);
        merchant.api().put("/ipp/v1/sessions/" + missed + "/cancel").is(200);
        try (DeviceStream stream = DeviceStream.open(device, seen)) {
            assertThat(stream.next().status()).isEqualTo("CANCELLED");
        }
    }

    @Test
    void aStreamThatBrokeGoesOnWhereItEnded() throws InterruptedException {
        String seen;
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            merchant.session(device);
            seen = stream.next().id();
        }
        String missed = merchant.session(device);
        try (DeviceStream stream = DeviceStream.open(device, seen)) {
            assertThat(stream.next().session()).isEqualTo(missed);
        }
        for (String none : List.of("x", "-1", "1.5", "99999999999999999999")) {
            HttpRequest.Builder request =
                    device.api().request("/pos/v1/stream").header("Last-Event-ID", none);
            assertThat(device.api().send(request).is(400).faults())
                    .containsExactly("Last-Event-ID");
        }
    }

    /** What a client of server-sent events sends that has seen no id, or was reset to none. */
    @Test
    void anEmptyLastEventIdIsANewStream() throws InterruptedException {
        String open = merchant.session(device);
        for (String empty : List.of("", " ")) {
            try (DeviceStream stream = DeviceStream.open(device, empty)) {
                assertThat(stream.next().session()).isEqualTo(open);
            }
        }
    }

    @Test
    void whoAsksForTheHeadersAloneTakesNoPlace() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            HttpResponse<String> head =
                    device.api()
                            .plain(
                                    device.api()
                                            .request("/pos/v1/stream")
                                            .method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValue("Content-Type"))
                    .contains("text/event-stream;charset=UTF-8");
            String session = merchant.session(device);
            assertThat(stream.next().session()).isEqualTo(session);
        }
    }

    /** A database restored from a copy: the device remembers a number that does not exist yet. */
    @Test
    void anIdFromBeyondTheLogIsANewStream() throws InterruptedException {
        String open = merchant.session(device);
        try (DeviceStream stream = DeviceStream.open(device, "999999999999")) {
            assertThat(stream.next().session()).isEqualTo(open);
            String next = merchant.session(device);
            assertThat(stream.next().session()).isEqualTo(next);
        }
    }

    @Test
    void aReKeyedDeviceHearsNothingOnItsOldToken() throws InterruptedException {
        TestMerchant.TestDevice old = paired();
        try (DeviceStream stream = DeviceStream.open(old, null)) {
            TestMerchant.TestDevice renewed = paired();
            assertThat(renewed.id()).isEqualTo(old.id());
            merchant.session(renewed);
            assertThat(stream.reason()).isEqualTo("revoked");
            assertThat(stream.hasMore()).isFalse();
        }
    }

    @Test
    void deregistrationEndsTheStreamWithinASecond() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            long asked = System.nanoTime();
            merchant.api().delete("/ipp/v1/devices/" + device.id()).is(204);
            assertThat(stream.reason()).isEqualTo("revoked");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(ofSeconds(1));
            device.api().get("/pos/v1/stream").is(401);
        }
    }

    private TestMerchant.TestDevice paired() {
        String code =
                merchant.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
        Answer paired = server.pair(code, "SAME").is(201);
        return new TestMerchant.TestDevice(
                paired.text("id"),
                new TestClient(
                        server.url(), "Bearer " + paired.text("credentials", "bearer_token")));
    }

    @Test
    void aNewerStreamEndsTheOlder() throws InterruptedException {
        try (DeviceStream older = DeviceStream.open(device, null);
                DeviceStream newer = DeviceStream.open(device, null)) {
            assertThat(older.reason()).isEqualTo("replaced");
            String session = merchant.session(device);
            assertThat(newer.next().session()).isEqualTo(session);
        }
    }

    @Test
    void aStreamNeedsALivingToken() {
        TestClient nobody = new TestClient(server.url(), "Bearer kpos_nothing");
        nobody.get("/pos/v1/stream").is(401);
    }

    /** What happened to a session of this device on another node reaches it all the same. */
    @Test
    void commitsOfAnotherNodeAreFoundByThePoll() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            String session = merchant.session(device);
            assertThat(stream.next().status()).isEqualTo("CREATED");
            server.jdbc
                    .sql(
                            """
                            insert into event (event_id, merchant_id, type, session_id, device_id,
                                body, occurred_at)
                            values ('kevt_' || :session, :merchant, 'ipp.session.created',
                                :session::uuid, :device::uuid, '{}', now())
                            """)
                    .param("session", session)
                    .param("merchant", merchant.id().value())
                    .param("device", device.id())
                    .update();
            assertThat(stream.next().session()).isEqualTo(session);
        }
    }

    /** The clerk's screen must never show what is no longer true, whoever changed it. */
    @Test
    void whatThePaymentBringsIsTold() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            String session = merchant.session(device);
            assertThat(stream.next().status()).isEqualTo("CREATED");
            merchant.tap(session, "INSUFFICIENT_FUNDS").is(200);
            DeviceStream.Event declined = stream.until("DECLINED");
            assertThat(declined.data().at("/payment/failure_reason").asString())
                    .isEqualTo("insufficient_funds");
            merchant.tap(session, "SUCCESS").is(200);
            DeviceStream.Event paid = stream.until("APPROVED");
            assertThat(paid.status()).isEqualTo("FINALIZED");
            assertThat(stream.hasMore()).as("told once, though it logged three events").isFalse();
        }
    }
}
