package dev.kassa.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.Answer;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyTest {
    private static final String WAITING =
            "select count(*) from pg_stat_activity"
                    + " where datname = current_database() and wait_event_type = ?";

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestClient api = merchant.api();
    private final TestMerchant.TestDevice device = merchant.device();
    private final String key = UUID.randomUUID().toString();

    private long sessions() {
        return server.count(
                "select count(*) from session where merchant_id = ?", merchant.id().value());
    }

    private String cart() {
        return TestMerchant.cart(device.id());
    }

    @Test
    void theSameRequestGetsTheSameAnswerAndHasOneEffect() {
        Answer first = api.postOnce(key, "/ipp/v1/sessions", cart()).is(200);
        Answer again = api.postOnce(key, "/ipp/v1/sessions", cart()).is(200);
        assertThat(again.response().body()).isEqualTo(first.response().body());
        assertThat(sessions()).isOne();
        Answer heritage =
                api.send(
                                api.request("/ipp/v1/sessions")
                                        .header("Content-Type", "application/json")
                                        .header("Klarna-Idempotency-Key", key)
                                        .POST(HttpRequest.BodyPublishers.ofString(cart())))
                        .is(200);
        assertThat(heritage.response().body()).isEqualTo(first.response().body());
        assertThat(sessions()).isOne();
    }

    @Test
    void anotherRequestUnderTheKeyIsRefused() {
        api.postOnce(key, "/ipp/v1/sessions", cart()).is(200);
        api.postOnce(key, "/ipp/v1/sessions", cart().replace("REF-67890", "REF-1")).is(422);
        api.postOnce(key, "/ipp/v1/sessions?location_id=" + merchant.location(), cart()).is(422);
        api.postOnce(key, "/ipp/v1/enrollments", "{}").is(422);
        assertThat(sessions()).isOne();
    }

    /** The same JSON by value, ruling R11: blanks and the order of its keys say nothing. */
    @Test
    void aBodyThatIsEqualByValueIsTheSameRequest() {
        String first = "{\"expires_in\": 60000, \"metadata\": {\"x\": \"1\", \"y\": \"2\"}}";
        String again = "{ \"metadata\":{\"y\":\"2\",\"x\":\"1\"},  \"expires_in\":60000 }";
        String other = "{\"expires_in\": 60000, \"metadata\": {\"x\": \"1\", \"y\": \"3\"}}";
        Answer made = api.postOnce(key, "/ipp/v1/enrollments", first).is(201);
        assertThat(api.postOnce(key, "/ipp/v1/enrollments", again).is(201).response().body())
                .isEqualTo(made.response().body());
        api.postOnce(key, "/ipp/v1/enrollments", other).is(422);
    }

    @Test
    void anotherMerchantsKeyIsAnotherKey() {
        api.postOnce(key, "/ipp/v1/enrollments", "{}").is(201);
        server.merchant().api().postOnce(key, "/ipp/v1/enrollments", "{}").is(201);
    }

    @Test
    void aRefusedRequestDoesNotUseTheKeyUp() {
        api.postOnce(key, "/ipp/v1/sessions", "{}").is(400);
        api.postOnce(key, "/ipp/v1/sessions", cart()).is(200);
    }

    @Test
    void ofManyAtOnceOneHasTheEffect() throws Exception {
        List<Answer> answers = AtOnce.run(24, i -> api.postOnce(key, "/ipp/v1/sessions", cart()));
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.response().statusCode()).isIn(200, 409));
        assertThat(
                        answers.stream()
                                .filter(answer -> answer.response().statusCode() == 200)
                                .map(answer -> answer.text("session_id"))
                                .distinct())
                .hasSize(1);
        assertThat(sessions()).isOne();
    }

    /** Answer and effect are one transaction: without the one there is not the other. */
    @Test
    void effectAndAnswerAreKeptTogether() {
        api.postOnce(key, "/ipp/v1/sessions", cart()).is(200);
        assertThat(
                        server.texts(
                                """
                                select (session.xmin = idempotency.xmin)::text from session
                                    join idempotency using (merchant_id)
                                where merchant_id = ?
                                """,
                                merchant.id().value()))
                .containsExactly("true");
    }

    @Test
    void theDeviceIsToldAfterTheCommit() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            String session =
                    api.postOnce(key, "/ipp/v1/sessions", cart()).is(200).text("session_id");
            assertThat(stream.next().session()).isEqualTo(session);
        }
    }

    @Test
    void cancelAndTapMayBeRepeatedToo() {
        String paid = merchant.session(device);
        String tap = "/ipp/v1/dev/sessions/" + paid + "/simulate-tap";
        Answer first = api.postOnce(key, tap, "").is(200);
        assertThat(api.postOnce(key, tap, "").is(200).json()).isEqualTo(first.json());
        api.post(tap, "").is(409);

        String cancelled = merchant.session(device);
        HttpRequest.Builder cancel =
                api.request("/ipp/v1/sessions/" + cancelled + "/cancel")
                        .header("Idempotency-Key", "cancel-" + key)
                        .PUT(HttpRequest.BodyPublishers.noBody());
        Answer once = api.send(cancel).is(200);
        assertThat(api.send(cancel).is(200).json()).isEqualTo(once.json());
    }

    @Test
    void secretsInAKeptAnswerAreSealed() {
        String token =
                api.postOnce(key, "/ipp/v1/dev/devices", "{\"name\": \"Till\"}")
                        .is(201)
                        .text("credentials", "bearer_token");
        assertThat(
                        server.texts(
                                "select idempotency::text from idempotency where merchant_id = ?",
                                merchant.id().value()))
                .hasSize(1)
                .noneMatch(row -> row.contains(token));
        assertThat(
                        api.postOnce(key, "/ipp/v1/dev/devices", "{\"name\": \"Till\"}")
                                .is(201)
                                .text("credentials", "bearer_token"))
                .isEqualTo(token);
    }

    @Test
    void keysHaveALimit() {
        api.postOnce("k".repeat(255), "/ipp/v1/enrollments", "{}").is(201);
        assertThat(api.postOnce("k".repeat(256), "/ipp/v1/enrollments", "{}").is(400).faults())
                .containsExactly("Idempotency-Key");
    }

    @Test
    void aKeyIsForgottenAfterADay() {
        try (TestServer own = TestServer.start()) {
            TestMerchant other = own.merchant();
            String body = "{\"metadata\": {\"a\": \"b\"}}";
            String first =
                    other.api().postOnce(key, "/ipp/v1/enrollments", body).text("enrollment_id");
            own.clock.advance(Duration.ofHours(23));
            assertThat(other.api().postOnce(key, "/ipp/v1/enrollments", body).text("enrollment_id"))
                    .isEqualTo(first);
            own.clock.advance(Duration.ofHours(1));
            assertThat(other.api().postOnce(key, "/ipp/v1/enrollments", body).text("enrollment_id"))
                    .isNotEqualTo(first);
            own.clock.advance(Duration.ofHours(24));
            own.run("idempotency-cleaning");
            assertThat(
                            own.count(
                                    "select count(*) from idempotency where merchant_id = ?",
                                    other.id().value()))
                    .isZero();
        }
    }

    /** A cancel whose end was not noted, by the server {@code owner}; the same for this one. */
    private void leaveUnfinished(TestServer own, String owner) {
        int undone =
                own.jdbc
                        .sql(
                                """
                                update idempotency set status = null, body = null,
                                    owner = coalesce(?::uuid, owner)
                                where key = ?
                                """)
                        .param(owner.isEmpty() ? null : owner)
                        .param(key)
                        .update();
        assertThat(undone).isOne();
    }

    /** Another node, that was last seen so long ago. */
    private static void seen(TestServer own, String node, Duration ago) {
        assertThat(
                        own.jdbc
                                .sql(
                                        """
                                        insert into node (node_id, started_at, alive_at)
                                        values (:node::uuid, now(),
                                            clock_timestamp() - :ago::interval)
                                        on conflict (node_id) do update
                                            set alive_at = excluded.alive_at
                                        """)
                                .param("node", node)
                                .param("ago", ago.toString())
                                .update())
                .isOne();
    }

    private HttpRequest.Builder cancelOnce(TestServer own) {
        TestMerchant other = own.merchant();
        String session = other.session(other.device());
        HttpRequest.Builder cancel =
                other.api()
                        .request("/ipp/v1/sessions/" + session + "/cancel")
                        .header("Idempotency-Key", key)
                        .PUT(HttpRequest.BodyPublishers.noBody());
        other.api().send(cancel).is(200);
        return cancel;
    }

    private static void isCancelled(TestServer own, HttpRequest.Builder cancel) {
        Answer answer = new TestClient(own.url(), null).send(cancel);
        assertThat(answer.is(200).text("status")).isEqualTo("CANCELLED");
    }

    /** The second sees what the first did; under another key it would be refused. */
    @Test
    void ofManyStepsAtOnceOneHasTheEffectAndNoneIsRefused() throws Exception {
        TestMerchant capturing = TestOrder.capturingManually(server);
        TestMerchant.TestDevice till = capturing.device();
        for (int round = 0; round < 20; round++) {
            TestOrder order = TestOrder.paid(capturing, till);
            String once = "cancel-" + round;
            List<Integer> statuses =
                    AtOnce.run(
                            8,
                            i ->
                                    capturing
                                            .api()
                                            .postOnce(once, order.path() + "/cancel", "")
                                            .response()
                                            .statusCode());
            assertThat(statuses).contains(204).allMatch(status -> status == 204 || status == 409);
            capturing.api().postOnce(once, order.path() + "/cancel", "").is(204);
        }
    }

    /**
     * The database was away when a request ended: its key was not freed, but nobody works on it.
     */
    @Test
    void aStepWhoseEndWasNotNotedHereIsRepeatedAtOnce() {
        try (TestServer own = TestServer.start()) {
            HttpRequest.Builder cancel = cancelOnce(own);
            leaveUnfinished(own, "");
            isCancelled(own, cancel);
        }
    }

    /** The server died after a cancel and before it kept the answer. */
    @Test
    void aStepOfADeadServerHoldsItsKeyNoLongerThanTheServerLives() {
        try (TestServer own = TestServer.start().withoutLoops()) {
            HttpRequest.Builder cancel = cancelOnce(own);
            String node = UUID.randomUUID().toString();
            seen(own, node, Duration.ZERO);
            leaveUnfinished(own, node);
            new TestClient(own.url(), null).send(cancel).is(409);
            seen(own, node, Limits.NODE_SILENCE);
            isCancelled(own, cancel);
        }
    }

    @Test
    void aStepThatNeverEndsHoldsItsKeyForAMinute() {
        try (TestServer own = TestServer.start().withoutLoops()) {
            HttpRequest.Builder cancel = cancelOnce(own);
            String node = UUID.randomUUID().toString();
            seen(own, node, Duration.ZERO);
            leaveUnfinished(own, node);
            own.clock.advance(Duration.ofSeconds(50));
            seen(own, node, Duration.ZERO);
            new TestClient(own.url(), null).send(cancel).is(409);
            own.clock.advance(Duration.ofSeconds(10));
            seen(own, node, Duration.ZERO);
            isCancelled(own, cancel);
        }
    }

    /**
     * A cancel so slow that its key was taken over meanwhile: its end, good or bad, says nothing of
     * the one that has the key now.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepThatWasTakenOverLeavesTheKeyToTheOther(boolean succeeds) throws Exception {
        try (TestServer own = TestServer.start().withoutLoops()) {
            TestMerchant other = own.merchant();
            TestMerchant.TestDevice till = other.device();
            String session = other.session(till);
            HttpRequest.Builder cancel =
                    other.api()
                            .request("/ipp/v1/sessions/" + session + "/cancel")
                            .header("Idempotency-Key", key)
                            .PUT(HttpRequest.BodyPublishers.noBody());
            CompletableFuture<HttpResponse<String>> slow;
            try (Connection holder = own.server.part(DataSource.class).getConnection();
                    var statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                var _ =
                        statement.execute(
                                "select from device where device_id = '%s' for update"
                                        .formatted(till.id()));
                slow =
                        CompletableFuture.supplyAsync(
                                () -> other.api().plain(cancel), Thread::startVirtualThread);
                Await.until(Duration.ofSeconds(10), () -> own.count(WAITING, "Lock") > 0);
                String takenOver =
                        "update idempotency set started_at = started_at + interval '1 minute',"
                                + " owner = gen_random_uuid() where key = ?";
                assertThat(own.jdbc.sql(takenOver).param(key).update()).isOne();
                if (!succeeds) {
                    assertThat(slow.get().statusCode()).isEqualTo(503);
                }
                holder.rollback();
            }
            assertThat(slow.get().statusCode()).isEqualTo(succeeds ? 200 : 503);
            String underWay = "select count(*) from idempotency where key = ? and status is null";
            assertThat(own.count(underWay, key)).isOne();
        }
    }

    /** F7: what was answered while the payment was under way is not repeated once it is over. */
    @Test
    void anAnswerThatWasNotFinalIsLookedUpAgain() {
        try (TestServer own = TestServer.start().withoutLoops()) {
            TestMerchant other = own.merchant();
            String session = other.session(other.device());
            other.api()
                    .put(
                            "/ipp/v1/dev/sessions/" + session + "/provider-faults",
                            "{\"faults\": [{\"call\": \"LOOKUP\", \"fault\": \"LOST_REPLY\"}]}")
                    .is(200);
            HttpRequest.Builder tap =
                    other.api()
                            .request("/ipp/v1/dev/sessions/" + session + "/simulate-tap")
                            .header("Idempotency-Key", key)
                            .POST(HttpRequest.BodyPublishers.noBody());
            assertThat(other.api().send(tap).is(200).text("status")).isEqualTo("ACTIVE");
            assertThat(other.api().send(tap).is(200).text("status")).isEqualTo("FINALIZED");
            assertThat(other.api().send(tap).is(200).text("status")).isEqualTo("FINALIZED");
        }
    }

    @Test
    void severalKeysThatDifferAreRefused() {
        HttpRequest.Builder create =
                api.request("/ipp/v1/sessions")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .header("Klarna-Idempotency-Key", key + "x")
                        .POST(HttpRequest.BodyPublishers.ofString(cart()));
        assertThat(api.send(create).is(400).text("errors", "Idempotency-Key")).contains("several");
        assertThat(sessions()).isZero();
    }
}
