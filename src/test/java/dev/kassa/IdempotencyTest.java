package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Idempotency;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
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
    void ofManyAtOnceOneHasTheEffect() {
        List<Answer> answers =
                IntStream.range(0, 24)
                        .parallel()
                        .mapToObj(i -> api.postOnce(key, "/ipp/v1/sessions", cart()))
                        .toList();
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
            own.server.part(Idempotency.class).runOnce();
            assertThat(
                            own.count(
                                    "select count(*) from idempotency where merchant_id = ?",
                                    other.id().value()))
                    .isZero();
        }
    }

    /**
     * The server died after a cancel and before it kept the answer: the key is free after a minute.
     */
    @Test
    void aStepThatNeverEndedDoesNotHoldItsKeyForEver() {
        try (TestServer own = TestServer.start()) {
            TestMerchant other = own.merchant();
            String session = other.session(other.device());
            HttpRequest.Builder cancel =
                    other.api()
                            .request("/ipp/v1/sessions/" + session + "/cancel")
                            .header("Idempotency-Key", key)
                            .PUT(HttpRequest.BodyPublishers.noBody());
            other.api().send(cancel).is(200);
            int undone =
                    own.jdbc
                            .sql("update idempotency set status = null, body = null where key = ?")
                            .param(key)
                            .update();
            assertThat(undone).isOne();
            other.api().send(cancel).is(409);
            own.clock.advance(Duration.ofMinutes(1));
            assertThat(other.api().send(cancel).is(200).text("status")).isEqualTo("CANCELLED");
        }
    }
}
