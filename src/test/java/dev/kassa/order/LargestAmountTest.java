package dev.kassa.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** The largest sale there is can be captured, changed and refunded whole. */
class LargestAmountTest {
    private static final long LARGEST = 200_000_000;

    private final TestServer server = TestServer.shared();

    private static ObjectNode cart(String device, long amount) {
        ObjectNode cart = (ObjectNode) Json.MAPPER.readTree(TestMerchant.cart(device));
        cart.put("order_amount", amount).put("order_tax_amount", 0);
        cart.putArray("order_items")
                .addObject()
                .put("name", "Car")
                .put("unit_price", amount)
                .put("total_amount", amount)
                .put("tax_rate", 0)
                .put("total_tax_amount", 0);
        return cart;
    }

    private static TestOrder sold(TestMerchant merchant, long amount) {
        String session =
                merchant.api()
                        .post("/ipp/v1/sessions", cart(merchant.device().id(), amount).toString())
                        .is(200)
                        .text("session_id");
        return new TestOrder(
                merchant, session, merchant.tap(session, "SUCCESS").is(200).text("order_id"));
    }

    @Test
    void theLargestSaleIsRefundedWhole() {
        TestOrder order = sold(server.merchant(), LARGEST);
        order.refund(LARGEST).is(201);
        order.stands("CLOSED", LARGEST, LARGEST, 0);
    }

    @Test
    void theLargestSaleIsCapturedAndChangedWhole() {
        TestOrder order = sold(TestOrder.capturingManually(server), LARGEST);
        order.patch("/authorization", "{\"order_amount\": " + LARGEST + "}").is(204);
        order.capture(LARGEST).is(201);
        order.stands("CAPTURED", LARGEST, 0, 0);
    }

    @Test
    void whatCouldNotBeRefundedIsNotSold() {
        TestMerchant merchant = server.merchant();
        String cart = cart(merchant.device().id(), LARGEST + 1).toString();
        assertThat(merchant.api().post("/ipp/v1/sessions", cart).is(400).faults())
                .contains("order_amount");
    }

    /** A taxed fee that is taken off, beside untaxed goods. */
    @ParameterizedTest
    @CsvSource({"-24, 200", "-2240, 200", "2240, 200", "-2241, 400", "2241, 400"})
    void theTaxOfACartMayBeNegative(int tax, int status) {
        TestMerchant merchant = server.merchant();
        ObjectNode cart = cart(merchant.device().id(), 2_120);
        cart.put("order_amount", 2_000).put("order_tax_amount", tax);
        cart.withArray("order_items")
                .addObject()
                .put("type", "discount")
                .put("name", "Fee off")
                .put("quantity", 1)
                .put("unit_price", -120)
                .put("total_amount", -120)
                .put("tax_rate", 2500)
                .put("total_tax_amount", -24);
        Answer answer = merchant.api().post("/ipp/v1/sessions", cart.toString()).is(status);
        if (status == 200) {
            String session = answer.text("session_id");
            String id = merchant.tap(session, "SUCCESS").is(200).text("order_id");
            assertThat(
                            new TestOrder(merchant, session, id)
                                    .get()
                                    .json()
                                    .path("order_tax_amount")
                                    .asInt())
                    .isEqualTo(tax);
        } else {
            assertThat(answer.faults()).containsExactly("order_tax_amount");
        }
    }
}
