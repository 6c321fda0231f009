package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Numbers as other languages write them, and as nobody does. */
class NumberFormatTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    private Answer create(String amount, String more) {
        String cart =
                TestMerchant.cart(device.id())
                        .replace("\"order_amount\": 240000", "\"order_amount\": " + amount + more);
        return merchant.api().sloppy("POST", "/ipp/v1/sessions", cart);
    }

    /** As Python, Lua and Go print what they have computed in floating point. */
    @ParameterizedTest
    @ValueSource(strings = {"240000.0", "240000.000", "2.4e5", "2.4E+5", "24e4", "2400000e-1"})
    void aWholeNumberIsOneHoweverItIsWritten(String amount) {
        Answer made = create(amount, "").is(200);
        assertThat(made.json().path("order_amount").toString()).isEqualTo("240000");
    }

    @Test
    void anAmountIsOneTooWhereMoneyIsGivenBack() {
        TestOrder order = TestOrder.paid(merchant, device);
        String path = order.path() + "/refunds";
        merchant.api().sloppy("POST", path, "{\"refunded_amount\": 4e4}").is(201);
        merchant.api().sloppy("POST", path, "{\"refunded_amount\": 10000.0}").is(201);
        merchant.api().sloppy("POST", path, "{\"refunded_amount\": 0.5}").is(400, "BAD_VALUE");
        order.stands("CAPTURED", 240_000, 50_000, 0);
    }

    @Test
    void theSameAmountWrittenOtherwiseIsTheSameRequest() {
        String key = UUID.randomUUID().toString();
        String cart = TestMerchant.cart(device.id());
        String session = underKey(key, cart).is(200).text("session_id");
        String again = cart.replace("\"order_amount\": 240000", "\"order_amount\": 240000.0");
        assertThat(underKey(key, again).is(200).text("session_id")).isEqualTo(session);
    }

    private Answer underKey(String key, String cart) {
        return merchant.api()
                .send(
                        merchant.api()
                                .request("/ipp/v1/sessions")
                                .header("Content-Type", "application/json")
                                .header("Idempotency-Key", key)
                                .POST(HttpRequest.BodyPublishers.ofString(cart)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e2147483647",
                "1e-2147483647",
                "100e2147483647",
                "1e99999999999",
                "1E-2147483648",
                "1e-99999999999"
            })
    void anExponentBeyondAllBoundsIsTheClientsFault(String amount) {
        create(amount, "").is(400);
        String cart = TestMerchant.cart(device.id()).replace("240000", amount);
        underKey(UUID.randomUUID().toString(), cart).is(400);
    }

    /** What no operation reads is no reason to refuse it. */
    @Test
    void aHugeNumberThatNobodyReadsIsIgnored() {
        String cart =
                TestMerchant.cart(device.id())
                        .replace(
                                "\"order_amount\"",
                                "\"unknown\": 100e2147483647, \"order_amount\"");
        merchant.api().sloppy("POST", "/ipp/v1/sessions", cart).is(200);
        underKey(UUID.randomUUID().toString(), cart).is(200);
    }

    /** Clients that write a number out in full would need gigabytes for it. */
    @ParameterizedTest
    @ValueSource(strings = {"1e-31", "1e-999999999", "1e2147483647"})
    void aQuantityThatIsNoneIsLeftOut(String quantity) {
        TestOrder order = TestOrder.paid(merchant, device);
        JsonNode line = refundedLine(order, quantity);
        assertThat(line.has("quantity")).isFalse();
        assertThat(line.path("name").asString()).isEqualTo("Cheese");
    }

    @Test
    void aQuantityOfNothingIsZero() {
        TestOrder order = TestOrder.paid(merchant, device);
        assertThat(refundedLine(order, "0e999999999").path("quantity").toString()).isEqualTo("0");
    }

    private JsonNode refundedLine(TestOrder order, String quantity) {
        String body =
                """
                {"refunded_amount": 100, "order_lines": [{"name": "Cheese", "quantity": %s}]}
                """
                        .formatted(quantity);
        merchant.api().sloppy("POST", order.path() + "/refunds", body).is(201);
        return Json.MAPPER
                .readTree(order.get().response().body())
                .path("refunds")
                .path(0)
                .path("order_lines")
                .path(0);
    }
}
