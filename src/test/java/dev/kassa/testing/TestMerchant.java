package dev.kassa.testing;

import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.merchant.ApiKey;

/** A merchant's backend. */
public record TestMerchant(TestServer server, MerchantId id, LocationId location, ApiKey key) {
    /** The documentation's own cart, for a device. */
    public static String cart(String device) {
        return """
        {"device_id": "%s", "order_amount": 240000, "order_tax_amount": 48000,
         "purchase_currency": "SEK", "purchase_started_at": "2024-01-15T10:30:00Z",
         "merchant_reference1": "ORDER-12345", "merchant_reference2": "REF-67890",
         "merchant_data": "{\\"customer_id\\":\\"C123\\"}",
         "order_items": [
           {"type": "physical", "reference": "SKU-001", "name": "T-Shirt", "quantity": 2,
            "unit_price": 100000, "total_amount": 200000, "tax_rate": 2500,
            "total_discount_amount": 0, "total_tax_amount": 40000},
           {"type": "physical", "reference": "SKU-002", "name": "Socks", "quantity": 1,
            "unit_price": 40000, "total_amount": 40000, "tax_rate": 2500,
            "total_discount_amount": 0, "total_tax_amount": 8000}]}
        """
                .formatted(device);
    }

    public TestClient api() {
        return new TestClient(server.url(), "Basic " + key.key());
    }

    /** A new simulated device. */
    public TestDevice device() {
        Answer made = api().post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").is(201);
        return new TestDevice(
                made.text("id"),
                new TestClient(server.url(), "Bearer " + made.text("credentials", "bearer_token")));
    }

    /** The id of a new session with the documentation's cart. */
    public String session(TestDevice device) {
        return api().post("/ipp/v1/sessions", cart(device.id())).is(200).text("session_id");
    }

    public Answer tap(String session, String outcome) {
        return api().post(
                        "/ipp/v1/dev/sessions/" + session + "/simulate-tap?outcome=" + outcome, "");
    }

    public Answer cancel(String session) {
        return api().put("/ipp/v1/sessions/" + session + "/cancel");
    }

    public String status(String session) {
        return api().get("/ipp/v1/sessions/" + session).is(200).text("status");
    }

    /** A phone and its token. */
    public record TestDevice(String id, TestClient api) {
        public Answer attach(String session) {
            return api.post(
                    "/pos/v1/sessions/" + session + "/payments", "{\"method\": \"tap_to_pay\"}");
        }

        public Answer cancel(String session) {
            return api.put("/pos/v1/sessions/" + session + "/cancel");
        }

        public Answer finish(String session) {
            return api.post("/pos/v1/sessions/" + session + "/finalize", "");
        }
    }
}
