package dev.kassa.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Order Management of a merchant whose sales are only authorized at the till. */
class ManualCaptureTest {
    private final TestServer server = TestServer.start();
    private final TestMerchant merchant = TestOrder.capturingManually(server);
    private final TestMerchant.TestDevice device = merchant.device();
    private final TestOrder order = TestOrder.paid(merchant, device);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theSessionIsFinalizedAndTheMoneyOnlyHeld() {
        assertThat(merchant.status(order.session())).isEqualTo("FINALIZED");
        order.stands("AUTHORIZED", 0, 0, TestOrder.AMOUNT);
        assertThat(order.get("/captures").is(200).json()).isEmpty();
        assertThat(order.events("order.created")).isOne();
        assertThat(order.events("capture.created")).isZero();
        assertThat(order.acquirer("captured_amount")).isZero();
        order.refund(1).is(403, "REFUND_NOT_ALLOWED");
    }

    @Test
    void capturesInPartsAndRefundsThem() {
        Answer first =
                order.post(
                                "/captures",
                                """
                                {"captured_amount": 100000, "description": "First", "reference": "P1",
                                 "order_lines": [{"name": "T-Shirt", "total_amount": 100000}],
                                 "shipping_info": [{"shipping_company": "PostNord"}],
                                 "shipping_delay": 3}
                                """)
                        .is(201);
        String id = first.response().headers().firstValue("capture-id").orElseThrow();
        assertThat(first.response().headers().firstValue("Location").orElseThrow())
                .endsWith(order.path() + "/captures/" + id);
        Answer capture = order.get("/captures/" + id).is(200);
        assertThat(capture.text("description") + capture.text("reference")).isEqualTo("FirstP1");
        assertThat(capture.json().path("shipping_info").size()).isOne();
        order.stands("PART_CAPTURED", 100_000, 0, 140_000);
        order.post("/cancel", "").is(403, "CANCEL_NOT_ALLOWED");
        order.refund(100_001).is(403, "REFUND_NOT_ALLOWED");
        order.refund(100_000).is(201);
        order.stands("PART_CAPTURED", 100_000, 100_000, 140_000);
        order.capture(140_001).is(403, "CAPTURE_NOT_ALLOWED");
        order.capture(140_000).is(201);
        order.stands("CAPTURED", TestOrder.AMOUNT, 100_000, 0);
        order.refund(140_000).is(201);
        order.stands("CLOSED", TestOrder.AMOUNT, TestOrder.AMOUNT, 0);
        assertThat(order.events("capture.created")).isEqualTo(2);
        assertThat(order.acquirer("captured_amount")).isEqualTo(TestOrder.AMOUNT);
        assertThat(order.acquirer("refunded_amount")).isEqualTo(TestOrder.AMOUNT);
        assertThat(order.get("/captures").json().get(1).path("refunded_amount").asLong())
                .isEqualTo(140_000);
    }

    @Test
    void releasesWhatIsLeft() {
        order.capture(100_000).is(201);
        order.post("/release-remaining-authorization", "").is(204);
        order.stands("CAPTURED", 100_000, 0, 0);
        assertThat(order.acquirer("released_amount")).isEqualTo(140_000);
        order.capture(1).is(403, "CAPTURE_NOT_ALLOWED");
        order.post("/release-remaining-authorization", "").is(403, "NOT_ALLOWED");
        order.patch("/authorization", "{\"order_amount\": 200000}").is(403, "NOT_ALLOWED");
        order.refund(100_000).is(201);
        order.stands("CLOSED", 100_000, 100_000, 0);
    }

    @Test
    void cancelsTheWhole() {
        order.post("/cancel", "").is(204);
        order.stands("CANCELLED", 0, 0, 0);
        order.post("/cancel", "").is(204);
        assertThat(order.acquirer("released_amount")).isEqualTo(TestOrder.AMOUNT);
        order.capture(1).is(403, "CAPTURE_NOT_ALLOWED");
        order.refund(1).is(403, "REFUND_NOT_ALLOWED");
        order.patch("/authorization", "{\"order_amount\": 200000}").is(403, "NOT_ALLOWED");
    }

    @Test
    void changesWhatTheOrderIsFor() {
        order.patch(
                        "/authorization",
                        """
                        {"order_amount": 200000, "description": "Less", "order_lines": [
                            {"name": "T-Shirt", "quantity": 2, "total_amount": 200000,
                             "total_tax_amount": 40000, "tax_rate": 2500}]}
                        """)
                .is(204);
        order.stands("AUTHORIZED", 0, 0, 200_000);
        Answer changed = order.get();
        assertThat(changed.json().path("order_amount").asLong()).isEqualTo(200_000);
        assertThat(changed.json().path("original_order_amount").asLong())
                .isEqualTo(TestOrder.AMOUNT);
        assertThat(changed.json().path("order_tax_amount").asLong()).isEqualTo(40_000);
        order.capture(150_000).is(201);
        order.patch("/authorization", "{\"order_amount\": 149999}").is(403, "NOT_ALLOWED");
        order.patch("/authorization", "{\"order_amount\": 240001}").is(403, "NOT_ALLOWED");
        order.patch("/authorization", "{\"order_amount\": 240000}").is(204);
        order.stands("PART_CAPTURED", 150_000, 0, 90_000);
        assertThat(
                        order.patch(
                                        "/authorization",
                                        """
                                        {"order_amount": 5, "order_lines": [
                                            {"name": "x", "total_amount": 4}]}
                                        """)
                                .is(400, "BAD_VALUE")
                                .faults())
                .containsExactly("order_amount");
        assertThat(order.patch("/authorization", "{\"order_amount\": 0}").is(400).faults())
                .containsExactly("order_amount");
    }

    @Test
    void theTimeToCaptureEnds() {
        TestOrder partly = TestOrder.paid(merchant, device);
        partly.capture(100_000).is(201);
        server.clock.advance(Duration.ofDays(28));
        order.stands("EXPIRED", 0, 0, 0);
        order.capture(1).is(403, "CAPTURE_NOT_ALLOWED");
        order.post("/cancel", "").is(403, "CANCEL_NOT_ALLOWED");
        order.post("/release-remaining-authorization", "").is(403, "NOT_ALLOWED");
        order.post("/extend-authorization-time", "").is(403, "NOT_ALLOWED");
        order.patch("/authorization", "{\"order_amount\": 200000}").is(403, "NOT_ALLOWED");
        // What was captured in time can still be given back.
        partly.stands("CAPTURED", 100_000, 0, 0);
        partly.refund(100_000).is(201);
        partly.stands("CLOSED", 100_000, 100_000, 0);
    }

    /** No method of this version may be extended, so the test makes the order Klarna's by hand. */
    @Test
    void onlyKlarnaOrdersAreExtended() {
        order.post("/extend-authorization-time", "").is(403, "NOT_ALLOWED");
        var _ =
                server.jdbc
                        .sql("update orders set payment_method = 'klarna' where order_id = ?::uuid")
                        .param(order.id())
                        .update();
        for (int i = 0; i < 3; i++) {
            order.post("/extend-authorization-time", "").is(204);
        }
        order.post("/extend-authorization-time", "").is(403, "NOT_ALLOWED");
        server.clock.advance(Duration.ofDays(89));
        order.stands("AUTHORIZED", 0, 0, TestOrder.AMOUNT);
        server.clock.advance(Duration.ofDays(1));
        order.stands("EXPIRED", 0, 0, 0);
    }

    /** An approval that nobody could take any more is only held: it is let go, not refunded. */
    @Test
    void aLateApprovalIsLetGo() {
        String session = merchant.session(device);
        device.attach(session).is(200);
        merchant.cancel(session).is(200);
        merchant.api()
                .post("/ipp/v1/dev/sessions/" + session + "/provider-decision?outcome=SUCCESS", "")
                .is(200);
        assertThat(server.texts("select status from refund where session_id = ?::uuid", session))
                .containsExactly("REFUNDED");
    }
}
