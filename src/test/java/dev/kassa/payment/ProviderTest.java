package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.payment.simulator.SignedCallbacks;
import dev.kassa.testing.Answer;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider at its worst: late, silent, broken, and calling back. */
class ProviderTest extends SalesAtAProvider {
    /** Whatever goes wrong at the start, the reconciler finds out, and the same card pays once. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "LATE",
                "LOST_REQUEST",
                "LOST_REPLY",
                "SERVER_ERROR",
                "SERVER_ERROR_AFTER",
                "GARBAGE"
            })
    void aFaultAtTheStart(String fault) {
        Sale sale = sale();
        faults(sale, step("START", fault));
        Answer attached = sale.device().attach(sale.id()).is(200);
        assertThat(attached.text("payment", "status")).isEqualTo("PENDING");
        assertThat(merchant.status(sale.id())).isEqualTo("ACTIVE");

        later(Duration.ofSeconds(16));
        assertThat(decide(sale, "callbacks=0").is(200).text("status")).isEqualTo("APPROVED");
        sale.device().finish(sale.id()).is(200);
        paidOnce(sale);
    }

    /** Collected, but nobody says so: unknown is neither success nor decline. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOST_REQUEST",
                "LOST_REPLY",
                "SERVER_ERROR",
                "SERVER_ERROR_AFTER",
                "GARBAGE"
            })
    void aFaultAtTheQuestionHowItWent(String fault) {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        decide(sale, "callbacks=0").is(200);
        faults(sale, step("LOOKUP", fault), step("CANCEL", fault), step("LOOKUP", fault));
        Answer asked = sale.device().finish(sale.id()).is(200);
        assertThat(asked.text("status")).isEqualTo("ACTIVE");
        assertThat(asked.text("payment", "status")).isEqualTo("PENDING");

        assertThat(merchant.cancel(sale.id()).is(409).text("detail"))
                .contains("provider does not answer");
        assertThat(merchant.status(sale.id())).isEqualTo("ACTIVE");

        later(Duration.ofSeconds(16));
        later(Duration.ofSeconds(31));
        paidOnce(sale);
    }

    /** Not even the end of its time ends a session whose payment may have been collected. */
    @Test
    void aProviderSilentPastTheEndOfTheSession() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        decide(sale, "callbacks=0").is(200);
        faults(
                sale,
                step("CANCEL", "LOST_REQUEST"),
                step("CANCEL", "SERVER_ERROR"),
                step("CANCEL", "GARBAGE"));
        for (int i = 0; i < 3; i++) {
            later(Duration.ofHours(2));
            assertThat(merchant.status(sale.id())).isEqualTo("ACTIVE");
        }
        later(Duration.ofMinutes(6));
        paidOnce(sale);
    }

    @Test
    void aCardThatNeverComesIsCalledOffWithTheSession() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        later(Duration.ofMinutes(61));
        assertThat(merchant.status(sale.id())).isEqualTo("EXPIRED");
        assertThat(money(sale)).isEqualTo("0 charged, 0 given back");
    }

    @Test
    void aCallbackSettlesAndASecondOneChangesNothing() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        Answer decided = decide(sale, "outcome=SUCCESS&callbacks=2").is(200);
        assertThat(decided.json().path("callbacks").toString()).isEqualTo("[204,204]");
        paidOnce(sale);
        decide(sale, "outcome=SUCCESS&callbacks=1").is(200);
        paidOnce(sale);
        assertThat(kept(sale)).isEmpty();
    }

    @Test
    void aDeclinedCallbackLetsTheClerkTryAgain() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        decide(sale, "outcome=LOST_CARD").is(200);
        Answer shown = sale.device().api().get("/pos/v1/sessions/" + sale.id()).is(200);
        assertThat(shown.text("status")).isEqualTo("ACTIVE");
        assertThat(shown.text("payment", "failure_reason")).isEqualTo("lost_card");
        merchant.tap(sale.id(), "SUCCESS").is(200);
        paidOnce(sale);
    }

    /** The till and whoever asks for it by name hear that the shopper need not pay any more. */
    @Test
    void aPaymentEndedAtTheProviderIsTold() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        sale.device()
                .api()
                .post("/pos/v1/sessions/" + sale.id() + "/payments", "{\"method\": \"swish\"}")
                .is(200);
        assertThat(events(sale))
                .containsExactly(
                        "ipp.session.created", "ipp.session.activated", "ipp.payment.cancelled");
        merchant.cancel(sale.id()).is(200);
        assertThat(events(sale))
                .endsWith(
                        "ipp.payment.cancelled", "ipp.payment.cancelled", "ipp.session.cancelled");
    }

    @Test
    void aForgedCallbackChangesNothing() {
        Sale sale = sale();
        String attempt = sale.device().attach(sale.id()).is(200).text("payment", "attempt_id");
        String body =
                """
                {"key": "%s", "payment": {"status": "APPROVED", "reference": "sim_x"}}
                """
                        .formatted(attempt);
        TestClient anybody = new TestClient(server.url(), null);
        anybody.post("/providers/simulator/callbacks", body).is(401);
        anybody.send(
                        anybody.request("/providers/simulator/callbacks")
                                .header("Content-Type", "application/json")
                                .header("simulator-signature", "0".repeat(64))
                                .POST(HttpRequest.BodyPublishers.ofString(body)))
                .is(401);
        merchant.api().post("/providers/simulator/callbacks", body).is(401);
        anybody.post("/providers/nobody/callbacks", body).is(404);
        anybody.get("/providers/simulator/callbacks").is(405);
        anybody.post("/providers/simulator/callbacks", "x".repeat((1 << 20) + 1)).is(413);
        assertThat(merchant.status(sale.id())).isEqualTo("ACTIVE");
    }

    @Test
    void aSignedCallbackThatLacksAnythingIsRefused() {
        Sale sale = sale();
        String attempt = sale.device().attach(sale.id()).is(200).text("payment", "attempt_id");
        Object sender = server.server.part(SignedCallbacks.SENDER);
        TestClient anybody = new TestClient(server.url(), null);
        for (String body :
                List.of(
                        "null",
                        "{}",
                        "{\"key\": \"%s\"}",
                        "{\"key\": \"%s\", \"payment\": {}}",
                        "{\"key\": \"%s\", \"payment\": {\"status\": \"APPROVED\"}}",
                        "{\"key\": \"%s\", \"payment\": {\"status\": \"DECLINED\", \"reference\": \"x\"}}",
                        "{\"payment\": {\"status\": \"APPROVED\", \"reference\": \"x\"}}")) {
            String told = body.replace("%s", attempt);
            byte[] bytes = told.getBytes(StandardCharsets.UTF_8);
            anybody.send(
                            anybody.request("/providers/simulator/callbacks")
                                    .header("Content-Type", "application/json")
                                    .header(
                                            "simulator-signature",
                                            SignedCallbacks.sign(sender, bytes))
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(bytes)))
                    .is(400);
        }
        assertThat(merchant.status(sale.id())).isEqualTo("ACTIVE");
    }

    /** A script of the merchant is used up by any session, in order, after the session's own. */
    @Test
    void scriptsOfTheSessionAndOfTheMerchant() {
        TestMerchant other = server.merchant();
        TestMerchant.TestDevice device = other.device();
        String session = other.session(device);
        String path = "/ipp/v1/dev/provider-faults";
        String own = "/ipp/v1/dev/sessions/" + session + "/provider-faults";
        String two =
                "{\"faults\": [{\"fault\": \"LOST_REPLY\"}, {\"fault\": \"LATE\", \"delay_ms\": 5}]}";
        other.api().put(path, two).is(200);
        other.api().put(own, "{\"faults\": [{\"fault\": \"SERVER_ERROR\"}]}").is(200);
        assertThat(other.api().get(own).is(200).json().path("faults")).hasSize(1);

        device.attach(session).is(200);
        assertThat(other.api().get(own).is(200).json().path("faults")).isEmpty();
        assertThat(other.api().get(path).is(200).json().path("faults")).hasSize(2);
        device.attach(session).is(200);
        Answer left = other.api().get(path).is(200);
        assertThat(left.json().path("faults").get(0).path("fault").asString()).isEqualTo("LATE");
        assertThat(left.json().path("faults").get(0).path("delay_ms").asInt()).isEqualTo(5);
        assertThat(device.attach(session).is(200).text("payment", "action", "type"))
                .isEqualTo("tap");
        other.api().put(own, two).is(200);
        other.api().delete(own).is(204);
        other.api().delete(path).is(204);
        assertThat(other.api().get(own).is(200).json().path("faults")).isEmpty();
    }

    @Test
    void scriptsAndDecisionsThatAreRefused() {
        Sale sale = sale();
        String own = "/ipp/v1/dev/sessions/" + sale.id() + "/provider-faults";
        Answer refused =
                merchant.api()
                        .put(
                                own,
                                """
                                {"faults": [{"fault": "EXPLODES", "call": "SING", "delay_ms": 30001},
                                    {"delay_ms": -1}]}
                                """)
                        .is(400);
        assertThat(refused.faults())
                .containsExactly(
                        "faults[0].call",
                        "faults[0].fault",
                        "faults[0].delay_ms",
                        "faults[1].fault",
                        "faults[1].delay_ms");
        merchant.api().put(own, "{\"faults\": []}").is(400);
        merchant.api()
                .put(
                        own,
                        "{\"faults\": ["
                                + "{\"fault\": \"LATE\"},".repeat(100)
                                + "{\"fault\": \"LATE\"}]}")
                .is(400);
        assertThat(merchant.api().get(own).is(200).json().path("faults")).isEmpty();

        assertThat(decide(sale, "").is(409).text("detail")).contains("no payment yet");
        assertThat(decide(sale, "outcome=MAYBE&callbacks=11&attempt_id=7").is(400).faults())
                .containsExactly("outcome", "callbacks", "attempt_id");
        faults(sale, step("START", "LOST_REQUEST"));
        sale.device().attach(sale.id()).is(200);
        assertThat(decide(sale, "").is(409).text("detail")).contains("never heard");
        decide(sale, "attempt_id=" + sale.id()).is(404);
    }

    /** A session is sold where it was made, wherever its device is carried. */
    @Test
    void aDeviceThatMovesKeepsItsOpenSessions() {
        Sale sale = sale();
        String before = location(sale);
        merchant.api()
                .put("/ipp/v1/devices/" + sale.device().id(), "{\"name\": \"Moved\"}")
                .is(200);
        merchant.tap(sale.id(), "SUCCESS").is(200);
        paidOnce(sale);
        assertThat(location(sale)).isEqualTo(before);
    }

    private String location(Sale sale) {
        return server.texts(
                        "select location_id::text from session where session_id = ?::uuid",
                        sale.id())
                .getFirst();
    }

    /** Deregistering ends no payment: one in flight is settled, one not begun is refused. */
    @Test
    void aDeregisteredDeviceWithOpenSessions() {
        Sale sale = sale();
        String waiting = merchant.session(sale.device());
        sale.device().attach(sale.id()).is(200);
        merchant.api().delete("/ipp/v1/devices/" + sale.device().id()).is(204);
        sale.device().attach(waiting).is(401);
        merchant.tap(waiting, "SUCCESS").is(404);
        decide(sale, "outcome=SUCCESS").is(200);
        paidOnce(sale);
        assertThat(merchant.status(waiting)).isEqualTo("CREATED");
        merchant.cancel(waiting).is(200);
    }
}
