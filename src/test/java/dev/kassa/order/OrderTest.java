package dev.kassa.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order Management of an in-person sale that was captured when it was made. */
class OrderTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final TestOrder order = TestOrder.paid(merchant, device);

    private static String header(Answer answer, String name) {
        return answer.response().headers().firstValue(name).orElseThrow();
    }

    @Test
    void anOrderHasWhatItsSaleHad() {
        Answer answer = order.get();
        order.stands("CAPTURED", TestOrder.AMOUNT, 0, 0);
        assertThat(answer.text("order_id")).isEqualTo(order.id());
        assertThat(answer.text("fraud_status")).isEqualTo("ACCEPTED");
        assertThat(answer.json().path("order_amount").asLong()).isEqualTo(TestOrder.AMOUNT);
        assertThat(answer.json().path("original_order_amount").asLong())
                .isEqualTo(TestOrder.AMOUNT);
        assertThat(answer.json().path("order_tax_amount").asLong()).isEqualTo(48_000);
        assertThat(answer.text("purchase_currency")).isEqualTo("SEK");
        assertThat(answer.text("purchase_country")).isEqualTo("SE");
        assertThat(answer.text("locale")).isEqualTo("sv-SE");
        assertThat(answer.text("initial_payment_method", "type")).isEqualTo("CARD");
        assertThat(answer.text("initial_payment_method", "description"))
                .isEqualTo("Visa **** 4242");
        assertThat(answer.text("merchant_reference1")).isEqualTo("ORDER-12345");
        assertThat(answer.text("merchant_data")).isEqualTo("{\"customer_id\":\"C123\"}");
        Answer session = merchant.api().get("/ipp/v1/sessions/" + order.session());
        assertThat(answer.json().path("order_lines")).isEqualTo(session.json().path("order_items"));
        assertThat(answer.json().path("captures").size()).isOne();
        assertThat(answer.json().path("refunds")).isEmpty();
        assertThat(answer.json().path("captures")).isEqualTo(order.get("/captures").json());
        String capture = answer.json().path("captures").get(0).path("capture_id").asString();
        assertThat(order.get("/captures/" + capture).is(200).text("klarna_reference"))
                .isEqualTo(answer.text("klarna_reference") + "-1");
    }

    @Test
    void refundsInPartsUntilNothingIsLeft() {
        Answer first =
                order.post(
                                "/refunds",
                                """
                                {"refunded_amount": 40000, "description": "Returned", "reference": "R-1",
                                 "order_lines": [{"type": "physical", "name": "Socks", "quantity": 1,
                                     "unit_price": 40000, "total_amount": 40000, "tax_rate": 2500,
                                     "total_tax_amount": 8000}]}
                                """)
                        .is(201);
        assertThat(first.response().body()).isEmpty();
        String id = header(first, "Refund-Id");
        String location = header(first, "Location");
        assertThat(location).isEqualTo(server.url().resolve(order.path() + "/refunds/" + id) + "");
        Answer refund = merchant.api().get(location).is(200);
        assertThat(refund.text("refund_id")).isEqualTo(id);
        assertThat(refund.json().path("refunded_amount").asLong()).isEqualTo(40_000);
        assertThat(refund.text("description") + refund.text("reference")).isEqualTo("ReturnedR-1");
        assertThat(refund.json().path("order_lines").get(0).path("name").asString())
                .isEqualTo("Socks");
        order.stands("CAPTURED", TestOrder.AMOUNT, 40_000, 0);
        assertThat(order.get("/captures").json().get(0).path("refunded_amount").asLong())
                .isEqualTo(40_000);

        order.refund(200_001).is(403, "REFUND_NOT_ALLOWED");
        order.refund(0).is(403, "REFUND_NOT_ALLOWED");
        order.refund(200_000).is(201);
        order.stands("CLOSED", TestOrder.AMOUNT, TestOrder.AMOUNT, 0);
        order.refund(1).is(403, "REFUND_NOT_ALLOWED");
        assertThat(order.acquirer("refunded_amount")).isEqualTo(TestOrder.AMOUNT);
        assertThat(order.events("refund.created")).isEqualTo(2);
        assertThat(order.get().json().path("refunds").size()).isEqualTo(2);
    }

    @Test
    void whatIsCapturedCannotBeCapturedCancelledReleasedOrChanged() {
        order.capture(1).is(403, "CAPTURE_NOT_ALLOWED");
        order.post("/cancel", "").is(403, "CANCEL_NOT_ALLOWED");
        order.post("/release-remaining-authorization", "").is(403, "NOT_ALLOWED");
        order.post("/extend-authorization-time", "").is(403, "NOT_ALLOWED");
        order.patch("/authorization", "{\"order_amount\": 100}").is(403, "NOT_ALLOWED");
        order.stands("CAPTURED", TestOrder.AMOUNT, 0, 0);
        assertThat(
                        server.count(
                                "select count(*) from order_movement where order_id = ?::uuid",
                                order.id()))
                .isOne();
    }

    @Test
    void referencesAreOverwrittenClearedOrKept() {
        order.patch("/merchant-references", "{\"merchant_reference1\": \"NEW\"}").is(204);
        assertThat(order.get().text("merchant_reference1")).isEqualTo("NEW");
        assertThat(order.get().text("merchant_reference2")).isEqualTo("REF-67890");
        order.patch(
                        "/merchant-references",
                        "{\"merchant_reference1\": null, \"merchant_reference2\": \"\"}")
                .is(204);
        assertThat(order.get().text("merchant_reference1")).isEqualTo("NEW");
        assertThat(order.get().fields()).doesNotContain("merchant_reference2");
        String tooLong = "{\"merchant_reference1\": \"" + "x".repeat(256) + "\"}";
        assertThat(order.patch("/merchant-references", tooLong).is(400, "BAD_VALUE").faults())
                .containsExactly("merchant_reference1");
    }

    @Test
    void addressesAreReplacedAsAWhole() {
        order.patch(
                        "/customer-details",
                        """
                        {"billing_address": {"given_name": "Astrid", "city": "Lund", "country": "se"},
                         "shipping_address": {"city": "Malmö"}}
                        """)
                .is(204);
        order.patch("/customer-details", "{\"billing_address\": {\"family_name\": \"Berg\"}}")
                .is(204);
        Answer answer = order.get();
        assertThat(answer.json().path("billing_address").toString())
                .isEqualTo("{\"family_name\":\"Berg\"}");
        assertThat(answer.text("shipping_address", "city")).isEqualTo("Malmö");
        assertThat(
                        order.patch(
                                        "/customer-details",
                                        """
                                        {"billing_address": {"postal_code": "12345678901",
                                            "country": "Sweden"}}
                                        """)
                                .is(400, "BAD_VALUE")
                                .faults())
                .containsExactly("billing_address.postal_code", "billing_address.country");
    }

    @Test
    void shippingInfoIsAddedToOrderAndCapture() {
        String info =
                """
                {"shipping_info": [{"shipping_company": "PostNord", "shipping_method": "Home",
                    "tracking_number": "63456415674545679X"}]}
                """;
        order.post("/shipping-info", info).is(204);
        order.post("/shipping-info", info).is(204);
        assertThat(order.get().json().path("shipping_info").size()).isEqualTo(2);
        String capture = order.get("/captures").json().get(0).path("capture_id").asString();
        order.post("/captures/" + capture + "/shipping-info", info).is(204);
        assertThat(order.get("/captures/" + capture).json().path("shipping_info").size()).isOne();
        order.post("/captures/" + UUID.randomUUID() + "/shipping-info", info)
                .is(404, "NO_SUCH_CAPTURE");

        String many =
                "{\"shipping_info\": [" + String.join(",", Collections.nCopies(499, "{}")) + "]}";
        assertThat(order.post("/shipping-info", many).is(400, "BAD_VALUE").faults())
                .containsExactly("shipping_info");
        assertThat(order.get().json().path("shipping_info").size()).isEqualTo(2);
        order.post("/shipping-info", "{\"shipping_info\": [{\"shipping_method\": true}]}")
                .is(400, "BAD_VALUE");
    }

    @Test
    void acknowledgeAndSendOutDoNoHarm() {
        order.post("/acknowledge", "").is(204);
        order.post("/acknowledge", "").is(204);
        String capture = order.get("/captures").json().get(0).path("capture_id").asString();
        order.post("/captures/" + capture + "/trigger-send-out", "").is(204);
        order.post("/captures/" + UUID.randomUUID() + "/trigger-send-out", "")
                .is(404, "NO_SUCH_CAPTURE");
    }

    @Test
    void unknownIdsAreNotFound() {
        String none = UUID.randomUUID().toString();
        TestOrder unknown = new TestOrder(merchant, order.session(), none);
        unknown.get("").is(404, "NO_SUCH_ORDER");
        unknown.refund(1).is(404, "NO_SUCH_ORDER");
        unknown.capture(1).is(404, "NO_SUCH_ORDER");
        for (String verb :
                List.of(
                        "acknowledge",
                        "cancel",
                        "release-remaining-authorization",
                        "extend-authorization-time")) {
            unknown.post("/" + verb, "").is(404, "NO_SUCH_ORDER");
        }
        unknown.patch("/authorization", "{\"order_amount\": 1}").is(404, "NO_SUCH_ORDER");
        unknown.patch("/merchant-references", "{}").is(404, "NO_SUCH_ORDER");
        unknown.patch("/customer-details", "{}").is(404, "NO_SUCH_ORDER");
        unknown.post("/shipping-info", "{\"shipping_info\": [{}]}").is(404, "NO_SUCH_ORDER");
        order.get("/captures/" + none).is(404, "NO_SUCH_CAPTURE");
        order.get("/refunds/" + none).is(404, "NO_SUCH_REFUND");
        order.get("/elsewhere").is(404, "NOT_FOUND");
        // An order is not found under its session's id, nor before there is one.
        new TestOrder(merchant, order.session(), order.session()).get("").is(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"refunded_amount\": -1}",
                "{\"refunded_amount\": 200000001}",
                "{\"refunded_amount\": 9223372036854775808}",
                "{\"refunded_amount\": 1.5}",
                "{\"refunded_amount\": \"1\"}",
                "{\"refunded_amount\": null}"
            })
    void amountsThatMakeNoSense(String body) {
        assertThat(order.post("/refunds", body).is(400, "BAD_VALUE").faults())
                .containsExactly("refunded_amount");
        String capture = body.replace("refunded_amount", "captured_amount");
        assertThat(order.post("/captures", capture).is(400, "BAD_VALUE").faults())
                .containsExactly("captured_amount");
        assertThat(order.post("/captures", "{\"captured_amount\": 0}").is(400).faults())
                .containsExactly("captured_amount");
        order.stands("CAPTURED", TestOrder.AMOUNT, 0, 0);
    }

    /** Also what never reaches an operation has the shape of Order Management. */
    @Test
    void theContainersOwnRefusalsHaveTheShapeToo() throws Exception {
        String request =
                """
                GET /ordermanagement/v1/orders/%zz HTTP/1.1
                Host: x
                Connection: close

                """;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (Socket socket = new Socket(loopback, server.url().getPort())) {
            byte[] bytes = request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(bytes);
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains("\"error_code\":\"BAD_VALUE\"");
        }
    }
}
