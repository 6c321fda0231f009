package dev.kassa.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What clients of the older Order Management send, look for and write down. */
class OldClientsTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final TestOrder order = TestOrder.paid(merchant, device);

    private Answer sloppy(String below, String body) {
        return merchant.api().sloppy("POST", order.path() + below, body);
    }

    private JsonNode refunded(Answer answer) {
        String id = answer.is(201).response().headers().firstValue("Refund-Id").orElseThrow();
        return order.get("/refunds/" + id).is(200).json();
    }

    /** Weighed goods, whose session had one piece. */
    @ParameterizedTest
    @ValueSource(strings = {"0.5", "1.25", "2", "-1", "0.333333333333"})
    void aFractionOfALineIsKeptAsSent(String quantity) {
        String body =
                """
                {"refunded_amount": 100, "order_lines": [{"name": "Cheese", "quantity": %s}]}
                """
                        .formatted(quantity);
        JsonNode line = refunded(order.post("/refunds", body)).path("order_lines").get(0);
        assertThat(line.toString())
                .isEqualTo("{\"name\":\"Cheese\",\"quantity\":%s}".formatted(quantity));
    }

    @Test
    void noDecorationOfALineStopsARefund() {
        String body =
                """
                {"refunded_amount": 40000, "description": 7, "reference": %s, "order_lines": [
                  {"name": "", "image_url": false, "product_url": "https://shop.example/%s"},
                  {"type": "magic", "quantity": -100001, "total_amount": 200000001, "tax_rate": -1,
                   "product_identifiers": {"brand": 1, "color": []}},
                  7, null]}
                """
                        .formatted("[]", "x".repeat(1024));
        JsonNode refund = refunded(sloppy("/refunds", body));
        assertThat(refund.path("refunded_amount").asLong()).isEqualTo(40_000);
        assertThat(refund.path("description").asString()).isEqualTo("7");
        assertThat(refund.has("reference")).isFalse();
        JsonNode lines = refund.path("order_lines");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).path("name").asString("none")).isEmpty();
        assertThat(lines.get(0).has("image_url")).isFalse();
        assertThat(lines.get(0).path("product_url").asString()).hasSize(1024);
        assertThat(lines.get(1).toString())
                .isEqualTo("{\"type\":\"magic\",\"product_identifiers\":{\"brand\":\"1\"}}");
        order.stands("CAPTURED", TestOrder.AMOUNT, 40_000, 0);
    }

    @Test
    void ofTooManyLinesTheFirstAreKept() {
        String lines = String.join(",", Collections.nCopies(1001, "{\"name\": \"x\"}"));
        String body = "{\"refunded_amount\": 1, \"order_lines\": [" + lines + "]}";
        assertThat(refunded(sloppy("/refunds", body)).path("order_lines")).hasSize(1000);
    }

    /** Looked up by case by an SDK that finds nothing otherwise, and says nothing. */
    @Test
    void headersAreWrittenInTheCaseThatIsLookedFor() {
        TestMerchant capturing = TestOrder.capturingManually(server);
        TestOrder held = TestOrder.paid(capturing, capturing.device());
        assertThat(raw(held, "captures", "{\"captured_amount\":2}", "K-1"))
                .contains(
                        "\r\nCapture-Id: ", "\r\nKlarna-Correlation-Id: ", "\r\ncorrelation-id: ");
        assertThat(raw(held, "captures", "{\"captured_amount\":2}", "K-1"))
                .as("the kept answer")
                .contains("HTTP/1.1 201 ", "\r\nCapture-Id: ", "\r\nKlarna-Correlation-Id: ");
        assertThat(raw(held, "refunds", "{\"refunded_amount\":1}", "K-2"))
                .contains("HTTP/1.1 201 ", "\r\nRefund-Id: ", "\r\nLocation: ");
        assertThat(raw(held, "refunds", "{\"refunded_amount\":100}", "K-3"))
                .contains("HTTP/1.1 403 ", "\r\nKlarna-Correlation-Id: ");
        assertThat(raw(held, "%zz", "{}", "K-4"))
                .contains("HTTP/1.1 400 ", "\r\nKlarna-Correlation-Id: ");
    }

    private String raw(TestOrder of, String verb, String body, String key) {
        String request =
                """
                POST %s/%s HTTP/1.1
                Host: localhost
                Authorization: Basic %s
                Klarna-Idempotency-Key: %s
                Content-Type: application/json
                Content-Length: %d
                Connection: close

                """
                        .formatted(of.path(), verb, of.merchant().key().key(), key, body.length());
        return RawClient.exchange(server.url(), request.replace("\n", "\r\n") + body);
    }

    @ParameterizedTest
    @CsvSource({"SEK, 240000, 2400.00 SEK", "JPY, 240000, 240000 JPY", "KWD, 240000, 240.000 KWD"})
    void amountsInRefusalsAreAsPeopleWriteThem(String currency, long amount, String written) {
        TestMerchant capturing = TestOrder.capturingManually(server);
        String cart = TestMerchant.cart(capturing.device().id()).replace("SEK", currency);
        String session = capturing.api().post("/ipp/v1/sessions", cart).is(200).text("session_id");
        String id = capturing.tap(session, "SUCCESS").is(200).text("order_id");
        TestOrder held = new TestOrder(capturing, session, id);
        String more = messages(held.capture(amount + 1).is(403, "CAPTURE_NOT_ALLOWED"));
        assertThat(more)
                .startsWith("Captured amount is higher than the remaining authorized amount.")
                .contains("At most " + written + " can be captured");
        held.capture(amount).is(201);
        assertThat(messages(held.capture(1).is(403, "CAPTURE_NOT_ALLOWED")))
                .startsWith("Captured amount is higher than the remaining authorized amount.")
                .contains("Nothing is left to capture");
        assertThat(messages(held.refund(amount + 1).is(403, "REFUND_NOT_ALLOWED")))
                .contains("At most " + written + " can be refunded, not ")
                .doesNotContain("Captured amount");
    }

    private static String messages(Answer refused) {
        assertThat(refused.json().path("error_messages")).hasSize(1);
        return refused.json().path("error_messages").get(0).asString();
    }

    /** A shop writes what it reads into its own order, and prints the method. */
    @Test
    void objectsAndListsAreThereThoughEmpty() {
        Answer shown = order.get();
        for (String object : List.of("billing_address", "shipping_address", "customer")) {
            assertThat(shown.json().path(object).isObject()).as(object).isTrue();
            assertThat(shown.json().path(object)).isEmpty();
        }
        assertThat(shown.json().path("shipping_info").isArray()).isTrue();
        JsonNode capture = order.get("/captures").json().get(0);
        for (String list : List.of("order_lines", "shipping_info")) {
            assertThat(capture.path(list).isArray()).as(list).isTrue();
        }
        assertThat(capture.path("billing_address").isObject()).isTrue();
        assertThat(refunded(order.refund(1)).path("order_lines").isArray()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"swish", "vipps", "klarna"})
    void howItWasPaidIsAlwaysDescribed(String method) {
        String session = merchant.session(device);
        String path = "/pos/v1/sessions/" + session;
        device.api().post(path + "/payments", "{\"method\": \"" + method + "\"}").is(200);
        String decision = "/ipp/v1/dev/sessions/" + session + "/provider-decision?outcome=SUCCESS";
        merchant.api().post(decision, "").is(200);
        String id = merchant.api().get("/ipp/v1/sessions/" + session).is(200).text("order_id");
        assertThat(
                        new TestOrder(merchant, session, id)
                                .get()
                                .text("initial_payment_method", "description")
                                .toLowerCase(Locale.ROOT))
                .isEqualTo(method);
    }

    @Test
    void anOrderIdThatIsNoneHasTheOlderCode() {
        for (String below : List.of("", "/captures", "/refunds/1-2-3-4-5")) {
            Answer refused =
                    merchant.api()
                            .get("/ordermanagement/v1/orders/1-2-3-4-5" + below)
                            .is(400, "INVALID_ORDER_ID");
            assertThat(messages(refused)).startsWith("Order ID must be a valid UUID");
        }
        order.get("/captures/1-2-3-4-5").is(400, "BAD_VALUE");
        order.get("/refunds/1-2-3-4-5").is(400, "BAD_VALUE");
    }

    @Test
    void theAddressesOfACaptureCanBeSet() {
        order.patch("/customer-details", "{\"billing_address\": {\"city\": \"Lund\"}}").is(204);
        String capture = order.get("/captures").json().get(0).path("capture_id").asString();
        String path = "/captures/" + capture;
        String body =
                """
                {"shipping_address": {"given_name": "Astrid", "postal_code": 11123, "country": ""}}
                """;
        merchant.api().sloppy("PATCH", order.path() + path + "/customer-details", body).is(204);
        JsonNode shown = order.get(path).is(200).json();
        assertThat(shown.path("shipping_address").toString())
                .isEqualTo("{\"given_name\":\"Astrid\",\"postal_code\":\"11123\"}");
        assertThat(shown.path("billing_address")).isEmpty();
        assertThat(order.get().json().path("shipping_address")).isEmpty();
        TestOrder other = TestOrder.paid(merchant, device);
        other.patch(path + "/customer-details", "{}").is(404, "NO_SUCH_CAPTURE");
        order.patch(path + "/customer-details", "{\"billing_address\": {\"city\": true}}")
                .is(400, "BAD_VALUE");
    }
}
