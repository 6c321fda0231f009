package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.payment.simulator.CardOutcome;
import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaymentTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    private List<String> events(String session) {
        return server.texts(
                "select type from event where session_id = ?::uuid order by seq", session);
    }

    @Test
    void declinedThenApproved() {
        String session = merchant.session(device);
        Answer attached = device.attach(session).is(200);
        assertThat(attached.text("status")).isEqualTo("ACTIVE");
        assertThat(attached.text("payment", "status")).isEqualTo("PENDING");
        assertThat(attached.text("payment", "action", "type")).isEqualTo("tap");
        assertThat(merchant.status(session)).isEqualTo("ACTIVE");

        Answer declined = merchant.tap(session, "INSUFFICIENT_FUNDS").is(200);
        assertThat(declined.text("status")).isEqualTo("ACTIVE");
        Answer shown = device.api().get("/pos/v1/sessions/" + session).is(200);
        assertThat(shown.text("payment", "status")).isEqualTo("DECLINED");
        assertThat(shown.text("payment", "failure_reason")).isEqualTo("insufficient_funds");

        Answer paid = merchant.tap(session, "SUCCESS").is(200);
        assertThat(paid.text("status")).isEqualTo("FINALIZED");
        assertThat(events(session))
                .containsExactly(
                        "ipp.session.created",
                        "ipp.session.activated",
                        "ipp.payment.failed",
                        "ipp.session.finalized",
                        "order.created",
                        "capture.created");
        assertThat(
                        server.count(
                                """
                                select count(*) from orders join order_movement using (order_id)
                                where session_id = ?::uuid and order_amount = 240000
                                    and captured_amount = 240000 and kind = 'CAPTURE'
                                    and amount = 240000 and status = 'DONE'
                                """,
                                session))
                .isOne();
        assertThat(paid.text("order_id"))
                .isEqualTo(
                        server.texts(
                                        "select order_id from orders where session_id = ?::uuid",
                                        session)
                                .getFirst());
        merchant.tap(session, "SUCCESS").is(409);
        merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(409);
        assertThat(device.finish(session).is(200).text("status")).isEqualTo("FINALIZED");
    }

    @ParameterizedTest
    @EnumSource
    void everyOutcomeOfASimulatedCard(CardOutcome outcome) {
        String session = merchant.session(merchant.device());
        String status = merchant.tap(session, outcome.name()).is(200).text("status");
        switch (outcome) {
            case SUCCESS -> assertThat(status).isEqualTo("FINALIZED");
            case PROCESSING_ERROR -> assertThat(status).isEqualTo("FAILED");
            default -> assertThat(status).isEqualTo("ACTIVE");
        }
        if (outcome != CardOutcome.SUCCESS) {
            assertThat(
                            server.count(
                                    """
                                    select count(*) from event where session_id = ?::uuid
                                        and type = 'ipp.payment.failed'
                                        and body::jsonb -> 'data' ->> 'failure_reason' = '%s'
                                    """
                                            .formatted(outcome.name().toLowerCase(Locale.ROOT)),
                                    session))
                    .isOne();
        }
    }

    @Test
    void attachingTwiceIsOnePayment() {
        String session = merchant.session(device);
        String first = device.attach(session).is(200).text("payment", "attempt_id");
        assertThat(device.attach(session).is(200).text("payment", "attempt_id")).isEqualTo(first);
        assertThat(events(session)).containsExactly("ipp.session.created", "ipp.session.activated");
    }

    @Test
    void finalizeBeforeTheTapIsRefusedAndChangesNothing() {
        String session = merchant.session(device);
        device.finish(session).is(409);
        device.attach(session).is(200);
        device.finish(session).is(409);
        assertThat(merchant.status(session)).isEqualTo("ACTIVE");
    }

    /** The app taps, its server dies before it hears; the device finalizes later. */
    @Test
    void finalizeSettlesWhatTheProviderCollected() {
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        server.approveAtTheAcquirer(attempt);
        assertThat(device.finish(session).is(200).text("status")).isEqualTo("FINALIZED");
    }

    @Test
    void cancelEndsThePaymentAtTheProviderFirst() {
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(200);
        assertThat(
                        server.texts(
                                        """
                                        select attempt.status || ' ' || simulator_payment.status
                                        from attempt join simulator_payment
                                            on idempotency_key = attempt_id
                                        where attempt_id = ?::uuid
                                        """,
                                        attempt)
                                .getFirst())
                .isEqualTo("CANCELLED CANCELLED");
        assertThat(events(session))
                .containsExactly(
                        "ipp.session.created",
                        "ipp.session.activated",
                        "ipp.payment.cancelled",
                        "ipp.session.cancelled");
    }

    @Test
    void aCollectedPaymentBeatsTheCancel() {
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        server.approveAtTheAcquirer(attempt);
        merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(409);
        assertThat(merchant.status(session)).isEqualTo("FINALIZED");
    }

    @Test
    void sessionsQueueAndOneIsPaidAtATime() {
        String first = merchant.session(device);
        String second = merchant.session(device);
        Answer open = device.api().get("/pos/v1/sessions").is(200);
        assertThat(
                        open.json()
                                .path("sessions")
                                .valueStream()
                                .map(s -> s.path("session_id").asString()))
                .containsExactly(first, second);
        device.attach(second).is(200);
        device.attach(first).is(409);
        device.api().put("/pos/v1/sessions/" + second + "/cancel").is(200);
        device.attach(first).is(200);
    }

    @Test
    void badRequests() {
        String session = merchant.session(device);
        for (String outcome : List.of("MAYBE", "", "success", "SUCCESS&outcome=SUCCESS")) {
            assertThat(merchant.tap(session, outcome).is(400).faults()).containsExactly("outcome");
        }
        assertThat(
                        device.api()
                                .post(
                                        "/pos/v1/sessions/" + session + "/payments",
                                        "{\"method\": \"cash\"}")
                                .is(400)
                                .faults())
                .containsExactly("method");
        assertThat(merchant.status(session)).isEqualTo("CREATED");
    }

    @Test
    void onlySimulatedDevicesTakeSimulatedTaps() {
        String code =
                merchant.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
        Answer paired = server.pair(code, "REAL").is(201);
        String session =
                merchant.api()
                        .post("/ipp/v1/sessions", TestMerchant.cart(paired.text("id")))
                        .is(200)
                        .text("session_id");
        merchant.tap(session, "SUCCESS").is(409);
        assertThat(merchant.status(session)).isEqualTo("CREATED");
    }
}
