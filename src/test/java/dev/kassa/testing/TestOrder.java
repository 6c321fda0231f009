package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A paid order of the documentation's cart: 2400.00 SEK. */
public record TestOrder(TestMerchant merchant, String session, String id) {
    public static final long AMOUNT = 240_000;

    /** A new order on this device, captured at once. */
    public static TestOrder paid(TestMerchant merchant, TestMerchant.TestDevice device) {
        String session = merchant.session(device);
        return new TestOrder(
                merchant, session, merchant.tap(session, "SUCCESS").is(200).text("order_id"));
    }

    /** A new order of this amount, all of it one line. */
    public static TestOrder ofAmount(
            TestMerchant merchant, TestMerchant.TestDevice device, long amount) {
        String cart =
                """
                {"device_id": "%s", "order_amount": %2$d, "order_tax_amount": %3$d,
                 "purchase_currency": "SEK", "purchase_started_at": "2024-01-15T10:30:00Z",
                 "order_items": [{"name": "Espresso machine for a large office", "quantity": 1,
                   "unit_price": %2$d, "total_amount": %2$d, "tax_rate": 2500,
                   "total_tax_amount": %3$d}]}
                """
                        .formatted(device.id(), amount, amount / 5);
        String session = merchant.api().post("/ipp/v1/sessions", cart).is(200).text("session_id");
        return new TestOrder(
                merchant, session, merchant.tap(session, "SUCCESS").is(200).text("order_id"));
    }

    /** A new order on this device, paid by scan: such can be extended. */
    public static TestOrder paidByKlarna(TestMerchant merchant, TestMerchant.TestDevice device) {
        String session = merchant.session(device);
        var _ =
                device.api()
                        .post(
                                "/pos/v1/sessions/" + session + "/payments",
                                "{\"method\": \"klarna\"}")
                        .is(200);
        decide(merchant, session, 1);
        return new TestOrder(
                merchant,
                session,
                merchant.api().get("/ipp/v1/sessions/" + session).is(200).text("order_id"));
    }

    /** The acquirer decides, and tells it so often. */
    public static void decide(TestMerchant merchant, String session, int callbacks) {
        String path = "/ipp/v1/dev/sessions/" + session + "/provider-decision";
        var _ = merchant.api().post(path + "?outcome=SUCCESS&callbacks=" + callbacks, "").is(200);
    }

    /** A merchant whose sales are captured through the API. */
    public static TestMerchant capturingManually(TestServer server) {
        TestMerchant merchant = server.merchant();
        merchant.api().put("/kassa/v1/settings", "{\"manual_capture\": true}").is(200);
        return merchant;
    }

    public String path() {
        return "/ordermanagement/v1/orders/" + id;
    }

    public Answer get() {
        return merchant.api().get(path()).is(200);
    }

    public Answer get(String below) {
        return merchant.api().get(path() + below);
    }

    public Answer post(String below, String body) {
        return merchant.api().post(path() + below, body);
    }

    public Answer patch(String below, String body) {
        return merchant.api().patch(path() + below, body);
    }

    /** A POST under an idempotency key, or without one. */
    public Answer post(@Nullable String key, String below, String body) {
        if (key == null) {
            return post(below, body);
        }
        return merchant.api()
                .send(
                        merchant.api()
                                .request(path() + below)
                                .header("Content-Type", "application/json")
                                .header("Klarna-Idempotency-Key", key)
                                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    public Answer refund(long amount) {
        return post("/refunds", "{\"refunded_amount\": " + amount + "}");
    }

    public Answer capture(long amount) {
        return post("/captures", "{\"captured_amount\": " + amount + "}");
    }

    /** Makes the next call of this kind to the acquirer go wrong. */
    public void fault(String call, String fault) {
        faults(fault(call, fault, 1));
    }

    /** One fault of a script, so many times. */
    public static List<String> fault(String call, String fault, int times) {
        return Collections.nCopies(
                times, "{\"call\": \"%s\", \"fault\": \"%s\"}".formatted(call, fault));
    }

    /** The script of the session that this order came from. */
    public void faults(List<String> script) {
        var _ =
                merchant.api()
                        .put(
                                "/ipp/v1/dev/sessions/" + session + "/provider-faults",
                                "{\"faults\": [" + String.join(", ", script) + "]}")
                        .is(200);
    }

    /** Status, captured, refunded and remaining amount. */
    public void stands(String status, long captured, long refunded, long remaining) {
        Answer order = get();
        assertThat(
                        order.text("status")
                                + " "
                                + order.json().path("captured_amount").asLong()
                                + " "
                                + order.json().path("refunded_amount").asLong()
                                + " "
                                + order.json().path("remaining_authorized_amount").asLong())
                .isEqualTo(status + " " + captured + " " + refunded + " " + remaining);
    }

    /** What the acquirer's own books say of this order's payment. */
    public long acquirer(String column) {
        return merchant.server()
                .count(
                        "select " + column + " from simulator_payment where session_id = ?::uuid",
                        session);
    }

    public long events(String type) {
        return merchant
                .server()
                .texts("select type from event where session_id = ?::uuid", session)
                .stream()
                .filter(type::equals)
                .count();
    }
}
